/* Pleasant additions; every page works without them. What each one looks for:
   form[data-autosave=url]   saves while typing; tells it in [data-save-status]; expects web.Saved as JSON
   form[data-warn-unsaved]   asks before a page with unsaved text is left
   form[method=post]         is sent once, however often the button is pressed, after what saves itself is saved
   form[data-resend]         what was typed when the session ended; gets a new token before it is sent
   [data-copy="#id"]         copies the text of that element
   form[data-fill=url]       gets the choices of its lists from the form on that page when it is first touched
   [data-filter-rows="#id"]  a search field that hides rows of that table or list, without accents
   [data-pick-all]           ticks every name="pick" of its table
   [data-arrows]             a table whose links are reached by arrows, Home, End; Tab passes it in one step
   [data-edit-row]           a link that F2 follows from anywhere in its row, as in a sheet
   [data-escape]             a link that Escape follows from anywhere in its form
   [data-print]              prints (carry the attribute hidden; it is shown here)
   [data-refresh=url]        follows long work: the element is replaced by the same one from url
   [data-focus]              takes the focus when the page opens (error summary) */
"use strict";

(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const plain = (text) =>
    text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/\s+/g, " ").trim();
  const clock = () => new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Ho_Chi_Minh" });

  /* ----- unsaved text ----- */
  const unsaved = new Set();
  let leaving = null;   // the form being sent, when it had unsaved text itself
  addEventListener("beforeunload", (event) => {
    if (!unsaved.size) return;
    event.preventDefault();
    if (leaving) setTimeout(() => unsaved.add(leaving), 500);   // whoever stays has still not sent it
  });
  for (const form of all("form[data-warn-unsaved]")) {
    form.addEventListener("input", () => unsaved.add(form));
  }
  for (const form of all("form[data-resend]")) unsaved.add(form);

  /* A session that ended and was begun again elsewhere has a new token against forgery. */
  const renew = async () => {
    try {
      const answer = await fetch("/", { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const token = page.querySelector("input[name=csrf_token]")?.value;
      if (token) for (const input of all("input[name=csrf_token]")) input.value = token;
    } catch {
      /* no network: the old token is as good */
    }
  };

  /* ----- one click, one sending; first what saves itself is saved ----- */
  const savers = new Map();
  const settling = (form) => [
    ...(form.matches("[data-resend]") ? [renew()] : []),
    ...[...savers.values()].filter((saver) => saver.pending(form)).map((saver) => saver.settle(form)),
  ];
  for (const form of all('form[method="post"]')) {
    let settled = false;
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      const waits = settled ? [] : settling(form);
      if (waits.length) {
        event.preventDefault();
        const button = event.submitter;
        const enough = new Promise((done) => setTimeout(done, 8000));
        Promise.race([Promise.all(waits), enough]).then(() => {
          delete form.dataset.sent;
          settled = true;
          form.requestSubmit(button);
        });
        return;
      }
      settled = false;
      leaving = unsaved.has(form) ? form : null;
      unsaved.delete(form);
      setTimeout(() => delete form.dataset.sent, 8000);   // a download leaves the page where it is
    });
  }
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  /* ----- saving while typing ----- */
  class Autosave {
    constructor(form) {
      this.form = form;
      this.status = form.querySelector("[data-save-status]") || document.querySelector("[data-save-status]");
      this.timer = 0;
      this.running = null;
      this.again = false;
      form.addEventListener("input", () => this.soon(900));
      form.addEventListener("change", () => this.soon(150));
      addEventListener("online", () => unsaved.has(form) && this.soon(0));
      document.addEventListener("visibilitychange", () => !document.hidden && this.ended && this.soon(0));
    }
    say(text, address = "") {
      if (!this.status) return;
      this.status.textContent = text;
      if (!address) return;
      const link = Object.assign(document.createElement("a"), { href: address, target: "_blank", rel: "noopener" });
      link.textContent = "Đăng nhập";
      this.status.append(" ", link);
    }
    /* Messages stand at their inputs, and go with the next save. */
    show(messages) {
      for (const old of all(".invalid-feedback", this.form)) old.remove();
      for (const input of all("[aria-invalid], .is-invalid", this.form)) {
        input.removeAttribute("aria-invalid");
        input.classList.remove("is-invalid");
      }
      for (const [id, message] of Object.entries(messages)) {
        const input = document.getElementById(id);
        if (!input || !this.form.contains(input)) continue;
        const note = Object.assign(document.createElement("div"), { className: "invalid-feedback d-block", textContent: message });
        note.id = `${id}-error`;
        const several = input.closest("fieldset") && ["radio", "checkbox"].includes(input.type);
        (several ? input.closest("fieldset") : input.parentElement).append(note);
        if (several) continue;
        input.classList.add("is-invalid");
        input.setAttribute("aria-invalid", "true");
        const told = (input.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== note.id);
        input.setAttribute("aria-describedby", [note.id, ...told].join(" "));
      }
    }
    soon(milliseconds) {
      unsaved.add(this.form);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), milliseconds);
    }
    /* Before `sent` goes: its own save must have been answered, those of other forms must have begun too. */
    pending(sent) {
      return this.running || (this.timer && sent !== this.form);
    }
    async settle(sent) {
      const waiting = this.timer || this.again;
      clearTimeout(this.timer);
      this.timer = 0;
      await this.running;
      if (sent !== this.form && waiting) await this.save();
      if (sent === this.form) clearTimeout(this.timer);
    }
    save() {
      clearTimeout(this.timer);
      this.timer = 0;
      if (this.form.dataset.sent && !this.running) return null;
      if (this.running) {
        this.again = true;
        return this.running;
      }
      this.again = false;
      this.running = this.send().finally(() => {
        this.running = null;
        if (this.again) this.soon(0);
      });
      return this.running;
    }
    async send() {
      this.say("Đang lưu…");
      try {
        if (this.ended) await renew();
        let answer = await this.post();
        if (answer.status === 400) {
          await renew();
          answer = await this.post();
        }
        const json = (answer.headers.get("Content-Type") || "").includes("json");
        const told = json ? await answer.json() : {};
        this.ended = answer.status === 401;
        if (answer.ok && json) {
          if (told.version !== null && told.version !== undefined) {
            this.form.elements[told.field || "version"].value = told.version;
          }
          this.show({});
          this.form.dispatchEvent(new CustomEvent("kl:saved", { bubbles: true, detail: told }));
          if (!this.again && !this.timer) unsaved.delete(this.form);
          this.say(`Đã lưu lúc ${told.saved_at || clock()}`);
        } else {
          this.show(told.at || {});
          this.say(told.message || "Chưa lưu được phần vừa nhập. Bấm Lưu tạm để xem chỗ cần sửa.", told.sign_in);
        }
      } catch {
        this.say("Chưa có kết nối, phần vừa nhập chưa được lưu. Sẽ tự lưu lại khi có mạng.");
        this.timer = setTimeout(() => this.save(), 10000);
      }
    }
    post() {
      const headers = { Accept: "application/json" };
      return fetch(this.form.dataset.autosave, { method: "POST", body: new FormData(this.form), headers });
    }
  }
  for (const form of all("form[data-autosave]")) savers.set(form, new Autosave(form));

  /* ----- copying ----- */
  for (const button of all("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.querySelector(button.dataset.copy);
      const label = button.textContent;
      try {
        await navigator.clipboard.writeText(("value" in source ? source.value : source.textContent).trim());
        button.textContent = "Đã sao chép";
      } catch {
        "select" in source ? source.select() : getSelection().selectAllChildren(source);
        button.textContent = "Đã chọn, bấm Ctrl+C để sao chép";
      }
      setTimeout(() => (button.textContent = label), 4000);
    });
  }

  /* ----- long lists of choices: fetched before one is opened, what is chosen stays ----- */
  for (const form of all("form[data-fill]")) {
    let asked = false;
    const fill = async () => {
      if (asked) return;
      asked = true;
      try {
        const answer = await fetch(form.dataset.fill, { headers: { Accept: "text/html" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const list of all("select", form)) {
          const whole = page.querySelector(`select[name="${list.name}"]`);
          if (!whole || whole.length <= list.length) continue;
          const chosen = list.value;
          list.replaceChildren(...whole.options);
          list.value = chosen;
        }
      } catch {
        asked = false;   /* no network: with the next touch */
      }
    };
    for (const touch of ["pointerenter", "focusin"]) form.addEventListener(touch, fill);
  }

  /* ----- filtering rows ----- */
  for (const field of all("[data-filter-rows]")) {
    const target = document.querySelector(field.dataset.filterRows);
    if (!target) continue;
    const rows = all("tbody tr, :scope > li", target).map((row) => [row, plain(row.textContent)]);
    field.addEventListener("input", () => {
      const wanted = plain(field.value).split(" ");
      for (const [row, text] of rows) row.hidden = !wanted.every((word) => text.includes(word));
    });
  }

  /* ----- picking, printing, focus ----- */
  for (const box of all("[data-pick-all]")) {
    const table = box.closest("table");
    box.addEventListener("change", () => {
      for (const pick of all('input[name="pick"]', table)) {
        if (!pick.closest("tr").hidden) pick.checked = box.checked;
        pick.closest("tr").classList.toggle("is-picked", pick.checked);
      }
    });
    table.addEventListener("change", (event) => {
      if (event.target.name === "pick") event.target.closest("tr").classList.toggle("is-picked", event.target.checked);
    });
  }
  /* ----- a row edited in place: F2 opens, Escape closes ----- */
  addEventListener("keydown", (event) => {
    const within = event.key === "F2" ? "tr" : event.key === "Escape" ? "form" : "";
    const link = within && event.target.closest?.(within)?.querySelector(within === "tr" ? "[data-edit-row]" : "[data-escape]");
    if (!link) return;
    event.preventDefault();
    link.click();
  });
  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  const first = document.querySelector("[data-focus]");
  first?.focus();
  addEventListener("load", () => document.activeElement === document.body && first?.focus());   // a #place takes the focus away

  /* ----- following long work ----- */
  const follow = async (element) => {
    try {
      const answer = await fetch(element.dataset.refresh, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-refresh]");
      if (!answer.ok || !fresh) return location.reload();
      element.replaceWith(fresh);
      element = fresh;
    } catch {
      /* no network: ask again later */
    }
    if (element.dataset.refresh) setTimeout(() => follow(element), 3000);
  };

  /* ----- a table of links: one stop for Tab, arrows within ----- */
  for (const table of all("table[data-arrows]")) {
    const rows = all("tbody tr", table).map((row) => all("a[href]", row)).filter((row) => row.length);
    const spot = new Map(rows.flatMap((row, y) => row.map((link, x) => [link, [y, x]])));
    if (!spot.size) continue;
    /* rows with a link at the unit have one more: cells are counted from the end, so that columns stay */
    const at = (y, back) => rows[y][Math.max(rows[y].length - 1 - back, 0)];
    let current = rows[0][0];
    for (const link of spot.keys()) link.tabIndex = -1;
    current.tabIndex = 0;
    table.addEventListener("focusin", (event) => {
      if (!spot.has(event.target)) return;
      current.tabIndex = -1;
      current = event.target;
      current.tabIndex = 0;
    });
    table.addEventListener("keydown", (event) => {
      if (!spot.has(event.target) || event.altKey || event.metaKey || event.shiftKey) return;
      const [y, x] = spot.get(event.target);
      const row = rows[y], back = row.length - 1 - x, last = rows.length - 1;
      const next = {
        ArrowLeft: () => row[x - 1], ArrowRight: () => row[x + 1],
        ArrowUp: () => y > 0 && at(y - 1, back), ArrowDown: () => y < last && at(y + 1, back),
        PageUp: () => at(Math.max(y - 10, 0), back), PageDown: () => at(Math.min(y + 10, last), back),
        Home: () => (event.ctrlKey ? rows[0][0] : row[0]),
        End: () => (event.ctrlKey ? rows[last].at(-1) : row.at(-1)),
      }[event.key]?.();
      if (next === undefined && !event.key.startsWith("Arrow")) return;
      event.preventDefault();
      if (next) next.focus();
    });
  }
  for (const element of all("[data-refresh]")) setTimeout(() => follow(element), 3000);
})();
