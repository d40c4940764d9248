// SPDX-License-Identifier: MIT
// A scripted model: answers a coding agent on loopback as a model would, from a script, so that the
// agent itself is real. node model.mjs SCRIPT.json; prints its port, runs until it is killed.
//
// The file ./turns gets a line for each turn: when it was asked for and when it was answered, in
// milliseconds since 1970.
//
// SCRIPT.json is an array of turns; a turn is an array of items: {"say": TEXT}, {"run": COMMAND} by
// the agent's own tool for the shell, or {"call": TOOL, "args": {...}}. The last turn is repeated. It
// speaks the Responses API (/v1/responses), the Messages API (/v1/messages), both streamed, and the
// Gemini API (/v1beta/models/...).
import http from 'node:http';
import fs from 'node:fs';

const script = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
let turn = 0;
// What an agent asks beside the conversation, such as a title for it, comes without tools.
function nextTurn(body) {
	if (!(body.tools || []).length)
		return [{say: 'title'}];
	fs.appendFileSync('turns', `${body.at} ${Date.now()}\n`);
	return script[Math.min(turn++, script.length - 1)];
}

function stream(res) {
	res.writeHead(200, {'content-type': 'text/event-stream'});
	return (event) => res.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

function responses(res, body) {
	const items = nextTurn(body), send = stream(res), id = `resp_${turn}`;
	send({type: 'response.created', response: {id}});
	items.forEach((it, i) => {
		const at = {output_index: i};
		if (it.say !== undefined) {
			const item = {type: 'message', role: 'assistant', id: `msg_${turn}_${i}`,
				content: [{type: 'output_text', text: it.say}]};
			send({type: 'response.output_item.added', ...at, item: {...item, content: []}});
			send({type: 'response.output_text.delta', ...at, item_id: item.id,
				content_index: 0, delta: it.say});
			send({type: 'response.output_item.done', ...at, item});
			return;
		}
		const args = it.run !== undefined ? {cmd: it.run} : it.args;
		send({type: 'response.output_item.done', ...at, item: {type: 'function_call',
			id: `fc_${turn}_${i}`, call_id: `call_${turn}_${i}`,
			name: it.run !== undefined ? 'exec_command' : it.call,
			arguments: JSON.stringify(args)}});
	});
	send({type: 'response.completed', response: {id, usage: {input_tokens: 1,
		input_tokens_details: null, output_tokens: 1, output_tokens_details: null,
		total_tokens: 2}}});
	res.end();
}

function messages(res, body) {
	const items = nextTurn(body);
	const content = items.map((it, i) => it.say !== undefined ? {type: 'text', text: it.say}
		: {type: 'tool_use', id: `toolu_${turn}_${i}`,
			name: it.run !== undefined ? 'Bash' : it.call,
			input: it.run !== undefined ? {command: it.run, description: 'run'} : it.args});
	const stop_reason = content.some((c) => c.type === 'tool_use') ? 'tool_use' : 'end_turn';
	const message = {id: `msg_${turn}`, type: 'message', role: 'assistant', model: body.model,
		content: [], stop_reason: null, stop_sequence: null,
		usage: {input_tokens: 1, output_tokens: 1}};
	if (!body.stream) {
		res.writeHead(200, {'content-type': 'application/json'});
		res.end(JSON.stringify({...message, content, stop_reason}));
		return;
	}
	const send = stream(res);
	send({type: 'message_start', message});
	content.forEach((c, index) => {
		const is_text = c.type === 'text';
		send({type: 'content_block_start', index,
			content_block: is_text ? {type: 'text', text: ''} : {...c, input: {}}});
		send({type: 'content_block_delta', index, delta: is_text
			? {type: 'text_delta', text: c.text}
			: {type: 'input_json_delta', partial_json: JSON.stringify(c.input)}});
		send({type: 'content_block_stop', index});
	});
	send({type: 'message_delta', delta: {stop_reason, stop_sequence: null},
		usage: {output_tokens: 1}});
	send({type: 'message_stop'});
	res.end();
}

function generate(res, body, is_stream) {
	const parts = nextTurn(body).map((it) => it.say !== undefined ? {text: it.say}
		: {functionCall: {name: it.run !== undefined ? 'run_shell_command' : it.call,
			args: it.run !== undefined ? {command: it.run} : it.args}});
	const answer = JSON.stringify({candidates: [{content: {role: 'model', parts},
		finishReason: 'STOP', index: 0}], usageMetadata: {promptTokenCount: 1,
		candidatesTokenCount: 1, totalTokenCount: 2}});
	res.writeHead(200, {'content-type': is_stream ? 'text/event-stream' : 'application/json'});
	res.end(is_stream ? `data: ${answer}\n\n` : answer);
}

const server = http.createServer((req, res) => {
	const at = Date.now();
	let text = '';
	req.on('data', (d) => { text += d; });
	req.on('end', () => {
		let body = {};
		try { body = JSON.parse(text); } catch { /* no JSON: an empty body */ }
		body.at = at;
		const is = (path) => req.method === 'POST' && req.url.startsWith(path);
		if (is('/v1/responses')) return responses(res, body);
		if (is('/v1/messages') && !req.url.includes('count_tokens')) return messages(res, body);
		if (is('/v1beta/') && /[gG]enerateContent/.test(req.url))
			return generate(res, body, req.url.includes(':stream'));
		res.writeHead(200, {'content-type': 'application/json'});
		res.end('{"models":[],"input_tokens":1}');
	});
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
