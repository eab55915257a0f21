/* The form at a unit (screen 4); works without it. One tap on “Đạt” ticks the evidence that the form asks to
   see, in sight, to be unticked where it was not seen; the rate is worked out while figures are typed; what is
   left is counted as rows are saved. Saving itself is kl.js. */
"use strict";

(() => {
  const digits = (input) => (input && /^[\d.]+$/.test(input.value.trim()) ? Number(input.value.replace(/\./g, "")) : null);
  const rate = (box) => {
    const [, sample, failing] = box.querySelectorAll("input");
    const [all, wrong] = [digits(sample), digits(failing)];
    box.querySelector("[data-rate]").textContent =
      all && wrong !== null && wrong <= all ? `${((wrong * 100) / all).toFixed(2).replace(".", ",")}%` : "–";
  };
  for (const box of document.querySelectorAll(".kl-figures")) {
    if (box.querySelector("[data-rate]")) box.addEventListener("input", () => rate(box));
  }

  for (const form of document.querySelectorAll("form[data-row]")) {
    form.addEventListener("change", (event) => {
      if (event.target.type !== "radio") return;
      const value = event.target.value;
      const ticks = [...form.querySelectorAll("[data-looked-at] input[type=checkbox]")];
      if (value === "met" && ticks.length && !ticks.some((tick) => tick.checked)) {
        for (const tick of ticks) tick.checked = true;
      }
      const reason = form.querySelector("[data-reason]");
      if (value === "not_applicable" || value === "not_examined") {
        reason.open = true;
        if (value === "not_applicable") reason.querySelector("textarea").focus();
      }
      if (value === "not_met" || value === "partly") form.querySelector(".kl-finding textarea")?.focus();
    });
  }

  /* What was saved shows its result at the content and in the list of contents. */
  document.addEventListener("kl:saved", (event) => {
    const content = event.target.closest(".kl-crit");
    if (!content || !event.detail.mark) return;
    content.querySelector("summary .kl-res").outerHTML = event.detail.mark;
    const shown = content.querySelector("summary .kl-res");
    const listed = document.querySelector(`.kl-index a[href="#${content.id}"] .kl-res`);
    if (!listed) return;
    const word = shown.textContent.trim();
    const small = shown.cloneNode(true);
    for (const part of [...small.childNodes]) if (part.nodeType === Node.TEXT_NODE) part.remove();
    small.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: word }));
    listed.replaceWith(small);
  });

  const strip = document.querySelector(".kl-strip");
  const status = strip?.querySelector("[data-save-status]");
  if (!status) return;
  const chosen = () => document.querySelectorAll("form[data-row] input[type=radio]:checked").length;
  const bar = strip.querySelector("progress");
  const before = { chosen: chosen(), done: bar.value };
  const two = (count) => (count < 10 ? `0${count}` : String(count));
  new MutationObserver(() => {
    if (!status.textContent.startsWith("Đã lưu")) return;
    bar.value = before.done + chosen() - before.chosen;
    strip.querySelector("b").textContent = `Còn ${two(bar.max - bar.value)}/${two(bar.max)}`;
  }).observe(status, { childList: true, characterData: true, subtree: true });
})();
