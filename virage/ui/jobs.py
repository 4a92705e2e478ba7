"""Jobs about the jobs themselves."""

from datetime import timedelta

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from virage.ui.models import Submission

SILENCE = 30  # seconds without a sign of life after which a worker counts as dead
KEPT = timedelta(days=2)  # a form still open after that is pressed again as a new one


@app.periodic(cron="* * * * *")
@app.task(name="ui.take_up_stalled", queueing_lock="ui.take_up_stalled", pass_context=True)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """What a killed worker had in hand goes back to the queue: every job is safe to run twice."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
        await manager.retry_job(job)


@app.periodic(cron="23 3 * * *")
@app.task(name="ui.forget_done", queueing_lock="ui.forget_done", pass_context=True)
async def forget_done(context: JobContext, timestamp: int) -> None:
    """The queue's table keeps three days of finished jobs; what happened is in the journal."""
    await context.app.job_manager.delete_old_jobs(nb_hours=72, include_failed=False)


@app.periodic(cron="37 3 * * *")
@app.task(name="ui.forget_submissions", queueing_lock="ui.forget_submissions")
def forget_submissions(timestamp: int) -> None:
    """The keys that make two presses one (`ui.once`): nobody presses the same button twice two days apart."""
    Submission.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
