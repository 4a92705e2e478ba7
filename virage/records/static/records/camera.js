// A camera in the page: rear lens, full resolution, lamp where there is one. What is taken goes to upload.js and stays in
// no gallery. Where the camera can't open, the page says why and offers the phone's own. All words come from the page.

const WANTED = { facingMode: { ideal: "environment" }, width: { ideal: 4096 }, height: { ideal: 3072 } };

class Camera {
  constructor(root) {
    this.root = root;
    this.uploader = root.closest("[data-uploader]");
    this.find = (name) => root.querySelector(`[data-camera-${name}]`);
    this.dialog = this.find("dialog");
    this.video = this.find("video");
    this.stream = null;
    this.blob = null;
    this.listen();
    if (!window.isSecureContext || !navigator.mediaDevices) this.fallBack(root.dataset.wordInsecure);
    else this.find("open").hidden = false;
  }

  listen() {
    this.find("open").addEventListener("click", () => this.open());
    this.find("take").addEventListener("click", () => this.take());
    this.find("again").addEventListener("click", () => this.live());
    this.find("use").addEventListener("click", () => this.use());
    this.find("close").addEventListener("click", () => this.dialog.close());
    this.find("torch").addEventListener("click", () => this.torch());
    this.dialog.addEventListener("close", () => this.stop());
    this.find("file").addEventListener("change", (event) => {
      for (const file of event.target.files) this.hand(file);
      event.target.value = "";
    });
    this.uploader.addEventListener("change", () => this.hint());
    this.uploader.addEventListener("virage:shot", () => this.hint());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.dialog.open && !this.blob) this.dialog.close(); // the lens is not left open in a pocket
    });
  }

  async open() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
    } catch (error) {
      this.fallBack(this.why(error));
      return;
    }
    this.track = this.stream.getVideoTracks()[0];
    this.find("torch").hidden = !(this.track.getCapabilities && this.track.getCapabilities().torch);
    this.video.srcObject = this.stream;
    this.dialog.showModal();
    this.live();
  }

  why(error) {
    const words = this.root.dataset;
    if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return words.wordNone;
    return error.name === "NotReadableError" ? words.wordBusy : words.wordDenied;
  }

  fallBack(words) {
    this.find("why").textContent = words;
    this.find("fallback").hidden = false;
    this.find("open").hidden = !(window.isSecureContext && navigator.mediaDevices);
  }

  hint() {
    const chosen = this.uploader.querySelector("input[name=kind]:checked");
    const ruler = Boolean(chosen && chosen.value === "photo_ruler");
    this.find("hint").hidden = !ruler;
    this.find("ruler").toggleAttribute("hidden", !ruler || Boolean(this.blob));
  }

  live() {
    this.blob = null;
    this.look(false);
    this.video.play();
    this.hint();
    this.find("take").focus();
  }

  look(taken) {
    this.video.hidden = taken;
    this.find("shot").hidden = !taken;
    this.find("take").hidden = taken;
    this.find("use").hidden = !taken;
    this.find("again").hidden = !taken;
  }

  async take() {
    this.find("take").disabled = true;
    try {
      this.blob = await this.still();
      const shot = this.find("shot");
      if (shot.src) URL.revokeObjectURL(shot.src);
      shot.src = URL.createObjectURL(this.blob);
      this.look(true);
      this.hint();
      this.find("use").focus();
    } finally {
      this.find("take").disabled = false;
    }
  }

  // The sensor's own still where the browser offers it, else a frame of the film at its full size.
  async still() {
    if (window.ImageCapture) {
      try {
        const blob = await new ImageCapture(this.track).takePhoto();
        if (blob.type === "image/jpeg") return blob;
      } catch {
        // some drivers refuse stills: the frame below is as good as they get
      }
    }
    const canvas = document.createElement("canvas");
    canvas.width = this.video.videoWidth;
    canvas.height = this.video.videoHeight;
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  }

  use() {
    this.hand(new File([this.blob], "photo.jpg", { type: "image/jpeg", lastModified: Date.now() }));
    this.live();
  }

  hand(file) {
    this.uploader.dispatchEvent(new CustomEvent("virage:file", { detail: { file } }));
  }

  async torch() {
    const button = this.find("torch");
    const on = button.getAttribute("aria-pressed") !== "true";
    await this.track.applyConstraints({ advanced: [{ torch: on }] });
    button.setAttribute("aria-pressed", String(on));
  }

  stop() {
    if (this.stream) for (const track of this.stream.getTracks()) track.stop();
    this.stream = null;
    this.blob = null;
    this.find("torch").setAttribute("aria-pressed", "false");
    this.find("open").focus();
  }
}

for (const root of document.querySelectorAll("[data-camera]")) new Camera(root);
