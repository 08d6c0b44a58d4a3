// Answers the console's requests from the made-up world, and holds every answer against the contract.
import { faults, goodAnswer, liveMessage, operationOf } from './contract.mjs';
import { live } from './world.mjs';

/** Puts the mock before a page. Returns `send`, which pushes a live frame, and `wrong`, what broke the contract. */
export async function mock(page, { answers, signedIn = true, peer, ...world }) {
  const wrong = [];
  let socket = null;
  let seq = 100;
  const check = (name, schema, value) => wrong.push(...faults(schema, value).map((fault) => `${name} ${fault}`));

  await page.routeWebSocket(/\/api\/v1\/live/, (ws) => {
    socket = ws;
    ws.onMessage(() => ws.send(JSON.stringify({ type: 'heartbeat', server_time: new Date().toISOString() })));
    const snapshot = { type: 'snapshot', ...live({ ...world, self: answers.getAgent }) };
    check('snapshot', liveMessage, snapshot);
    ws.send(JSON.stringify(snapshot));
  });

  await page.route(/\/api\/v1\//, async (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    const operation = operationOf(request.method(), pathname);
    if (!operation) {
      wrong.push(`${request.method()} ${pathname} is not in the contract`);
      return route.fulfill({ status: 404 });
    }
    const id = operation.operationId;
    if (!signedIn && id === 'getMe') return problem(route, 401, 'not_signed_in', 'Sign in first.');
    if (pathname.endsWith('/contacts/cnt_gone')) return problem(route, 404, 'not_found', 'There is no such contact.');
    const { status, schema } = goodAnswer(operation);
    if (id === 'openLine' || id === 'startEchoTest' || id === 'startTestCall') {
      const sdp = await peer(JSON.parse(request.postData()).sdp);
      return route.fulfill({ status, json: { line_id: 'lin_1', id: 'ech_1', contact_id: 'cnt_9', sdp } });
    }
    if (!schema) return route.fulfill({ status });
    const body = answers[id] ?? answers.getAgent;
    check(id, schema, body);
    return route.fulfill({ status, json: body });
  });

  const send = (message) => {
    seq += 1;
    const frame = { seq, ...message };
    check(message.type, liveMessage, frame);
    socket.send(JSON.stringify(frame));
  };
  return { send, wrong };
}

function problem(route, status, code, detail) {
  const type = `urn:offhook:problem:${code}`;
  const json = { type, title: detail, status, code, detail, request_id: 'req_1' };
  return route.fulfill({ status, json, contentType: 'application/problem+json' });
}

/** A peer in a page of its own that answers offers with a tone: what the server's media does, in small. */
export async function answeringPeer(context) {
  const page = await context.newPage();
  return (sdp) =>
    page.evaluate(async (offer) => {
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
}
