// What makes the console's pages better where scripts run. Everything works
// without it.
(() => {
	"use strict";

	// Times: the server writes them in the zone that the cookie names, which is
	// the viewer's from the second page on; the first is put right here.
	const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
	const format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" });
	const localise = (root) => {
		if (!zone || document.documentElement.dataset.zone === zone) return;
		for (const time of root.querySelectorAll("time[datetime]:not([data-relative])")) {
			time.textContent = format.format(new Date(time.dateTime));
		}
	};
	if (zone && document.documentElement.dataset.zone !== zone) {
		const secure = location.protocol === "https:" ? "; Secure" : "";
		document.cookie = "zone=" + encodeURIComponent(zone) + "; Path=/; Max-Age=31536000; SameSite=Lax" + secure;
		localise(document);
		const label = document.getElementById("zone");
		if (label) label.textContent = zone;
	}

	// On a phone the menu is one line: show where in it we are.
	document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

	// Changes that cannot be undone are asked about.
	document.addEventListener("submit", (event) => {
		const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
		if (question && !confirm(question)) event.preventDefault();
	});

	// Selects that say so send their form at once; its button is for those without scripts.
	for (const select of document.querySelectorAll("select[data-submit]")) {
		select.addEventListener("change", () => select.form.requestSubmit());
	}

	// The filter is one key away.
	document.addEventListener("keydown", (event) => {
		if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
		if (event.target.closest("input, textarea, select")) return;
		const field = document.querySelector("[data-filter]");
		if (!field) return;
		event.preventDefault();
		const details = field.closest("details");
		if (details) details.open = true;
		field.focus();
		field.select?.();
	});

	// The live tail: rows come from the server as it would have written them.
	const tail = document.querySelector("[data-tail]");
	if (tail && window.EventSource) {
		const button = document.getElementById("tail");
		const state = document.getElementById("tail-state");
		let source = null;
		const most = 200;
		const stop = () => {
			source?.close();
			source = null;
			button.setAttribute("aria-pressed", "false");
			state.textContent = "";
		};
		const start = () => {
			button.setAttribute("aria-pressed", "true");
			state.textContent = "Waiting for new events";
			source = new EventSource(tail.dataset.tail);
			source.addEventListener("row", (event) => {
				const holder = document.createElement("template");
				holder.innerHTML = event.data;
				const row = holder.content.querySelector("tr");
				if (!row || document.getElementById(row.id)) return;
				row.classList.add("fresh");
				localise(row);
				tail.prepend(row);
				while (tail.rows.length > most) tail.deleteRow(-1);
				state.textContent = "Live";
			});
			source.onerror = () => { state.textContent = "Connection lost, trying again"; };
		};
		button.hidden = false;
		button.addEventListener("click", () => (source ? stop() : start()));
	}
})();
