// SPDX-License-Identifier: MIT
// What a page can do beyond being read: the filter, and the replay. Text of the session is only ever
// read and compared, never made into elements.
(() => {
	"use strict";
	const get = (id) => document.getElementById(id);
	const all = (what, from) => [...(from || document).querySelectorAll(what)];

	// The filter: commands and words that hold the text, in any case.
	const form = get("filter"), wanted = get("wanted"), failed = get("failed");
	const blocks = all(".command, .loose, .words, .note", get("transcript"));
	const total = blocks.filter((b) => b.classList.contains("command")).length;
	const texts = new Map(); // of blocks, in small letters
	let opened = []; // by the filter, since what was found is in them

	function textOf(block) {
		if (!texts.has(block)) texts.set(block, block.textContent.toLowerCase());
		return texts.get(block);
	}

	function ranges(block, text) {
		const found = [], walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
		for (let node; found.length < 200 && (node = walker.nextNode()); ) {
			const hay = node.data.toLowerCase();
			if (hay.length !== node.data.length) continue;
			for (let at = hay.indexOf(text); at >= 0; at = hay.indexOf(text, at + text.length)) {
				const range = document.createRange();
				range.setStart(node, at);
				range.setEnd(node, at + text.length);
				found.push(range);
			}
		}
		return found;
	}

	function unfold(range) {
		const fold = range.startContainer.parentElement.closest("details:not([open])");
		if (!fold) return;
		fold.open = true;
		opened.push(fold);
	}

	function filter() {
		const text = wanted.value.trim().toLowerCase(), marks = [];
		let shown = 0;
		opened.forEach((fold) => (fold.open = false));
		opened = [];
		for (const block of blocks) {
			const fits = (!failed.checked || block.classList.contains("failed")) &&
				(!text || textOf(block).includes(text));
			block.classList.toggle("away", !fits);
			if (!fits) continue;
			if (block.classList.contains("command")) shown++;
			if (text && marks.length < 1000) marks.push(...ranges(block, text));
		}
		if (marks.length < 200) marks.forEach(unfold);
		if (window.Highlight) CSS.highlights.set("found", new Highlight(...marks));
		get("count").textContent =
			text || failed.checked ? `${shown} of ${total} commands` : `${total} commands`;
	}

	function clear() {
		wanted.value = "";
		failed.checked = false;
		filter();
	}

	if (form) {
		form.hidden = false;
		form.addEventListener("input", filter);
		form.addEventListener("submit", (e) => e.preventDefault());
		document.addEventListener("keydown", (e) => {
			if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey) return;
			if (e.target.closest("input, #player")) return;
			e.preventDefault();
			wanted.focus();
		});
		// A link to a command that is filtered away shows all again.
		window.addEventListener("hashchange", () => {
			const target = get(location.hash.slice(1));
			if (!target || !target.classList.contains("away")) return;
			clear();
			target.scrollIntoView();
		});
		filter();
	}

	// Paper has no folds.
	let closed = [];
	window.addEventListener("beforeprint", () => {
		closed = all("main details:not([open])");
		closed.forEach((fold) => (fold.open = true));
	});
	window.addEventListener("afterprint", () => closed.forEach((fold) => (fold.open = false)));

	// The replay, made when it is wanted first, and a button at each command that plays from there.
	const stage = get("stage"), recording = get("recording");
	if (!stage || !window.AsciinemaPlayer) return;
	let player;

	function show() {
		stage.open = true;
		player ||= AsciinemaPlayer.create({ data: recording.textContent }, get("player"), {
			fit: "width",
			idleTimeLimit: 2,
			terminalFontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
		});
		return player;
	}

	async function playFrom(marker) {
		await show().seek({ marker });
		player.play();
		get("replay").scrollIntoView();
	}

	stage.hidden = false;
	stage.addEventListener("toggle", () => stage.open && show());
	for (const block of all(".command", get("transcript"))) {
		const number = block.id.slice(1), button = document.createElement("button");
		button.type = "button";
		button.setAttribute("aria-label", `Replay from command ${number}`);
		button.addEventListener("click", () => playFrom(number - 1));
		block.querySelector(".facts").append(button);
	}
})();
