// Runs in the browser: hands GraphiQL a fetcher that takes the token from its header editor, for HTTP and WebSocket.
(() => {
  const settings = JSON.parse(document.getElementById('settings').textContent);
  const endpoint = new URL('/graphql', location.href);
  const socketUrl = new URL(endpoint);
  socketUrl.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

  const headersOf = (options) => options?.headers ?? {};
  const authorizationOf = (headers) => {
    const name = Object.keys(headers).find((key) => key.toLowerCase() === 'authorization');
    return name ? { Authorization: String(headers[name]) } : {};
  };

  async function post(params, options) {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headersOf(options) },
      body: JSON.stringify(params),
    });
    return response.json();
  }

  async function* follow(params, options) {
    const socket = new WebSocket(socketUrl, 'graphql-transport-ws');
    const waiting = [];
    let wake = () => {};
    let ended = false;
    const push = (item) => {
      waiting.push(item);
      wake();
    };
    const send = (message) => socket.send(JSON.stringify(message));
    socket.onopen = () => send({ type: 'connection_init', payload: authorizationOf(headersOf(options)) });
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: params });
      else if (message.type === 'ping') send({ type: 'pong' });
      else if (message.type === 'next') push({ value: message.payload });
      else if (message.type === 'error') push({ value: { errors: message.payload }, last: true });
      else if (message.type === 'complete') push({ last: true });
    };
    socket.onclose = ({ code, reason }) => {
      const refused =
        code === 4403 ? 'the token was refused; put it below, under "Headers"' : reason || `closed (${code})`;
      push(ended || code === 1000 ? { last: true } : { value: { errors: [{ message: refused }] }, last: true });
    };
    try {
      for (;;) {
        if (waiting.length === 0)
          await new Promise((resolve) => {
            wake = resolve;
          });
        const { value, last } = waiting.shift();
        if (value) yield value;
        if (last) return;
      }
    } finally {
      ended = true;
      socket.close(1000);
    }
  }

  const isSubscription = (params, options) => {
    const operations = (options?.documentAST?.definitions ?? []).filter((node) => node.kind === 'OperationDefinition');
    const chosen = operations.find((node) => node.name?.value === params.operationName) ?? operations[0];
    return chosen?.operation === 'subscription';
  };

  globalThis.YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
    ...settings,
    fetcher: (params, options) => (isSubscription(params, options) ? follow(params, options) : post(params, options)),
  });
})();
