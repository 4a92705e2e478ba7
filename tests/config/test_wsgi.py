"""A request whose body was cut on its way changes nothing; a whole one is served."""

import io

import pytest
from django.core.exceptions import BadRequest
from django.test import RequestFactory
from django.urls import reverse

from virage.config.wsgi import _Whole, application

TOKEN = "t" * 32


class Slow(io.BytesIO):
    """Gives a few bytes at a time, as a socket does."""

    def read(self, size=-1):
        return super().read(min(size, 7) if size >= 0 else 7)


@pytest.mark.parametrize("size", [-1, None, 5, 1000])
def test_a_whole_body_is_read_to_its_end(size):
    body, parts = _Whole(Slow(b"x" * 100), 100), []
    while part := body.read(size):
        parts.append(part)
    assert b"".join(parts) == b"x" * 100


def test_lines_are_read_up_to_the_end():
    body = _Whole(io.BytesIO(b"a\nbc\n"), 5)
    assert [body.readline(), body.readline(), body.readline()] == [b"a\n", b"bc\n", b""]


@pytest.mark.parametrize("read", [lambda body: body.read(), lambda body: body.read(50)])
def test_a_body_that_was_cut_is_told(read):
    with pytest.raises(BadRequest):
        read(_Whole(io.BytesIO(b"x" * 40), 100))


def answered(method, path, data, length, content_type):
    environ = RequestFactory().generic(method, path, data, content_type=content_type).environ
    environ |= {"wsgi.input": io.BytesIO(data), "CONTENT_LENGTH": str(length), "HTTP_HOST": "127.0.0.1"}
    environ |= {"HTTP_COOKIE": f"csrftoken={TOKEN}", "HTTP_X_CSRFTOKEN": TOKEN}
    said = []
    list(application(environ, lambda status, headers: said.append(status)))
    return said[0]


def test_half_a_form_is_answered_as_a_bad_request(own_database):
    form = b"login=someone%40virage.invalid&password=nothing"
    kind = "application/x-www-form-urlencoded"
    path = reverse("account_login")
    assert answered("POST", path, form, len(form), kind).startswith("200")
    assert answered("POST", path, form, len(form) + 20, kind).startswith("400")
