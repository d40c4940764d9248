// SPDX-License-Identifier: MIT
// What xterm.js shows of an asciicast v3 after its first N events that change the screen, for each N:
//   node xterm.mjs MODULES CAST N...
// prints "@ N rows cols" and a line for each cell: its text, width, colours and flags, as
// test_oracle.c prints its own.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [modules, cast, ...numbers] = process.argv.slice(2);
const require = createRequire(modules + "/");
const { Terminal } = require("@xterm/headless");
const { Unicode11Addon } = require("@xterm/addon-unicode11");

const lines = readFileSync(cast, "utf8").split("\n").filter((line) => line && line[0] !== "#");
const header = JSON.parse(lines.shift());
const terminal = new Terminal({
	cols: header.term.cols,
	rows: header.term.rows,
	scrollback: 0,
	allowProposedApi: true,
});
terminal.loadAddon(new Unicode11Addon());
terminal.unicode.activeVersion = "11";

const write = (text) => new Promise((done) => terminal.write(text, done));

function colour(isDefault, isPalette, value) {
	if (isDefault) return "-";
	return isPalette ? String(value) : "#" + value.toString(16).padStart(6, "0");
}

function spell(cell) {
	const text = cell.getChars() || " ";
	const flags =
		(cell.isBold() ? "b" : "") + (cell.isDim() ? "f" : "") + (cell.isItalic() ? "i" : "") +
		(cell.isUnderline() ? "u" : "") + (cell.isBlink() ? "k" : "") +
		(cell.isInverse() ? "r" : "") + (cell.isInvisible() ? "h" : "") +
		(cell.isStrikethrough() ? "s" : "");
	return [
		cell.getWidth() ? text : "",
		cell.getWidth(),
		colour(cell.isFgDefault(), cell.isFgPalette(), cell.getFgColor()),
		colour(cell.isBgDefault(), cell.isBgPalette(), cell.getBgColor()),
		flags,
	].join("\t");
}

function dump(n) {
	const out = [`@ ${n} ${terminal.rows} ${terminal.cols}`];
	const buffer = terminal.buffer.active;
	for (let y = 0; y < terminal.rows; y++)
		for (let x = 0; x < terminal.cols; x++)
			out.push(spell(buffer.getLine(buffer.baseY + y).getCell(x)));
	process.stdout.write(out.join("\n") + "\n");
}

const wanted = new Set(numbers.map(Number));
let n = 0;
for (const line of lines) {
	const [, code, data] = JSON.parse(line);
	if (code === "o") await write(data);
	else if (code === "r") terminal.resize(...data.split("x").map(Number));
	else continue;
	n++;
	if (wanted.has(n)) dump(n);
}
