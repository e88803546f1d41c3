// The waveform of both channels; turns and quotes jump to their place, and the turn being played is marked.
(() => {
  const box = document.getElementById("wave");
  if (!box || !window.WaveSurfer) return;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const wave = WaveSurfer.create({
    container: box, url: box.dataset.audio, height: 56, normalize: true, cursorColor: colour("--text"),
    splitChannels: (box.dataset.left === "agent" ? ["--agent", "--customer"] : ["--customer", "--agent"])
      .map((name) => ({ waveColor: colour(name), progressColor: colour("--text") })),
  });
  document.getElementById("play").addEventListener("click", () => wave.playPause());
  const turns = [...document.querySelectorAll(".turns li[data-start]")];
  const jump = (element) => { wave.setTime(Number(element.dataset.start)); wave.play(); };
  turns.forEach((turn) => turn.addEventListener("click", () => jump(turn)));
  document.querySelectorAll("q[data-start]").forEach((quote) => {
    quote.addEventListener("click", () => jump(quote));
    quote.addEventListener("keydown", (event) => { if (event.key === "Enter") jump(quote); });
  });
  wave.on("timeupdate", (now) => {
    let current = null;
    for (const turn of turns) if (Number(turn.dataset.start) <= now) current = turn;
    turns.forEach((turn) => turn.classList.toggle("now", turn === current));
  });
})();
