/* The state's signing tool on this machine (a WebSocket of its own); works only where it answers.
   [data-agent=url]   shown by us; says whether the tool answers, and asks it to sign
   The tool's own word is shown and believed in nothing: the page goes on to what the server found. */
"use strict";

(() => {
  const WAIT = 5 * 60 * 1000;
  for (const box of document.querySelectorAll("[data-agent]")) {
    const told = box.querySelector("[data-told]");
    const form = box.querySelector("form");
    const button = form.querySelector("button");
    const say = (text) => { told.textContent = text; };
    const absent = () => {
      button.disabled = true;
      say("Không thấy phần mềm ký số trên máy này. Mở phần mềm rồi tải lại trang, hoặc tải tệp về ký như trên.");
    };
    box.hidden = false;
    button.disabled = true;
    try {
      const asked = new WebSocket(`${box.dataset.agent}/GetVersion`);
      asked.addEventListener("error", absent);
      asked.addEventListener("open", () => {
        button.disabled = false;
        say("Phần mềm ký số trên máy này đã sẵn sàng.");
        asked.close();
      });
    } catch {
      absent();
    }

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      say("Đang chuẩn bị…");
      let given;
      try {
        const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
        given = await answer.json();
        if (!answer.ok) throw new Error(given.error);
      } catch (error) {
        say(error.message || "Chưa lấy được tệp để ký. Tải lại trang rồi thực hiện lại.");
        return;
      }
      const tool = new WebSocket(given.address);
      const late = setTimeout(() => {
        say("Phần mềm ký số chưa trả lời. Tải lại trang rồi ký lại.");
        tool.close();
      }, WAIT);
      tool.addEventListener("error", () => { clearTimeout(late); absent(); });
      tool.addEventListener("open", () => {
        say("Ký trong cửa sổ của phần mềm ký số.");
        tool.send(JSON.stringify(given.asked));
      });
      tool.addEventListener("message", (message) => {
        clearTimeout(late);
        tool.close();
        let word = {};
        try {
          word = JSON.parse(message.data);
        } catch {
          /* whatever it says, the server knows */
        }
        if (word.Status === 0 || word.Status === "0") {
          location.assign(given.result);
          return;
        }
        say(`Phần mềm ký số chưa ký được: ${word.Message || "không nêu lý do"}. Tải lại trang rồi ký lại.`);
      });
    });
  }
})();
