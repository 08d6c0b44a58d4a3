// Answers the console's requests from the made-up world, and holds every answer against the contract.
import { faults, goodAnswer, liveMessage, operationOf } from './contract.mjs';
import { live } from './world.mjs';

const API = /\/api\/v1\//;

/**
 * Puts the mock before a page. Returns `wrong`, what broke the contract; `asked`, the operations that were asked for;
 * `refused`, the addresses that were refused by intent; `settled`, which resolves once the page has asked for all it
 * wants and drawn it; `tell`, which changes the agent and pushes it; `move`, which changes answers and pushes that a
 * contact has moved; `drop`, which cuts the live socket, by default as a crash does; and `enter`, which begins anew in
 * another world.
 */
export async function mock(page, first) {
  const wrong = [];
  const asked = [];
  const refused = new Set();
  let world = first;
  let socket = null;
  let seq = 0;
  const check = (name, schema, value) => wrong.push(...faults(schema, value).map((fault) => `${name} ${fault}`));

  await page.routeWebSocket(/\/api\/v1\/live/, (ws) => {
    ws.onMessage(() => ws.send(JSON.stringify({ type: 'heartbeat', server_time: new Date().toISOString() })));
    socket = ws;
    const snapshot = { type: 'snapshot', ...live({ ...world, self: world.answers.getAgent }) };
    check('snapshot', liveMessage, snapshot);
    seq = snapshot.seq;
    ws.send(JSON.stringify(snapshot));
  });

  const refuse = (route, status, code, detail) => {
    refused.add(route.request().url());
    return problem(route, status, code, detail);
  };
  await page.route(API, async (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    const operation = operationOf(request.method(), pathname);
    if (!operation) {
      wrong.push(`${request.method()} ${pathname} is not in the contract`);
      return route.fulfill({ status: 404 });
    }
    const id = operation.operationId;
    asked.push(id);
    if (world.signedIn === false && id === 'getMe') return refuse(route, 401, 'not_signed_in', 'Sign in first.');
    if (pathname.includes('/contacts/cnt_gone')) return refuse(route, 404, 'not_found', 'There is no such contact.');
    if (id === 'startOutboundCall' && JSON.parse(request.postData()).to === '112') {
      return refuse(route, 409, 'no_emergency_trunk', 'No trunk of yours carries emergency calls.');
    }
    const { status, schema } = goodAnswer(operation);
    if (id === 'openLine' || id === 'startEchoTest' || id === 'startTestCall') {
      const wish = JSON.parse(request.postData());
      const lineId = id === 'openLine' && world.lines ? world.lines.open(wish) : 'lin_1';
      if (!lineId) return refuse(route, 409, 'line_elsewhere', 'Your phone is in another browser.');
      const sdp = await world.peer(wish.sdp);
      return route.fulfill({ status, json: { line_id: lineId, id: 'ech_1', contact_id: 'cnt_9', sdp } });
    }
    if (!schema) return route.fulfill({ status });
    const body = world.answers[id] ?? world.answers.getAgent;
    check(id, schema, body);
    return route.fulfill({ status, json: body });
  });

  const push = (change) => {
    seq += 1;
    const frame = { ...change, seq };
    check(change.type, liveMessage, frame);
    socket?.send(JSON.stringify(frame));
  };
  const tell = (agent) => {
    world.answers.getAgent = agent;
    push({ type: 'agent', agent });
  };
  const move = (contact, answers) => {
    Object.assign(world.answers, answers);
    push({ type: 'live_contact', contact });
  };
  const drop = (code = 1011) => socket?.close({ code });
  const enter = (next) => {
    world = next;
    wrong.length = 0;
    asked.length = 0;
    refused.clear();
  };
  return { wrong, asked, refused, settled: settling(page), tell, move, drop, enter };
}

/** Resolves, when called, once no answer is awaited and drawing what came has led to no further question. */
function settling(page) {
  const awaited = new Set();
  let asked = 0;
  page.on('request', (request) => {
    if (!API.test(request.url())) return;
    asked += 1;
    awaited.add(request);
  });
  for (const event of ['requestfinished', 'requestfailed']) page.on(event, (request) => awaited.delete(request));
  return async () => {
    for (let before = -1; before !== asked || awaited.size > 0; ) {
      before = asked;
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    }
  };
}

function problem(route, status, code, detail) {
  const type = `urn:offhook:problem:${code}`;
  const json = { type, title: detail, status, code, detail, request_id: 'req_1' };
  return route.fulfill({ status, json, contentType: 'application/problem+json' });
}

/** The one line of an agent at the server: another browser gets it only by taking it over. */
export function oneLine() {
  let count = 0;
  const lines = {
    held: null,
    open({ previous_line_id: previous, take_over: takeOver }) {
      if (lines.held !== null && lines.held !== previous && !takeOver) return null;
      count += 1;
      lines.held = `lin_${count}`;
      return lines.held;
    },
  };
  return lines;
}

/** A peer in a page of its own that answers offers with a tone: what the server's media does, in small. */
export function answeringPeer(context) {
  let opened = null;
  return async (sdp) => {
    opened ??= context.newPage();
    const page = await opened;
    return page.evaluate(async (offer) => {
      const audio = new AudioContext();
      const tone = audio.createOscillator();
      const out = audio.createMediaStreamDestination();
      tone.connect(out);
      tone.start();
      const connection = new RTCPeerConnection();
      for (const track of out.stream.getTracks()) connection.addTrack(track, out.stream);
      await connection.setRemoteDescription({ type: 'offer', sdp: offer });
      await connection.setLocalDescription();
      if (connection.iceGatheringState !== 'complete') {
        await new Promise((resolve) => {
          connection.onicegatheringstatechange = () => connection.iceGatheringState === 'complete' && resolve();
        });
      }
      globalThis.held = [...(globalThis.held ?? []), connection, audio];
      return connection.localDescription.sdp;
    }, sdp);
  };
}
