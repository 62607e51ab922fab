// Lets Node heed the proxy of the environment: before 22.21 it cannot, and later it has to be told.
//
// Node loads this first, as NODE_OPTIONS says so. Both `https` and `fetch` call `tls.connect`; where
// it would connect to another machine, it is given a tunnel instead. Connections that are somebody
// else's already, as those of an agent for a proxy, are left alone.
'use strict';

const { Duplex } = require('node:stream');
const net = require('node:net');
const tls = require('node:tls');

const LONGEST = 64 * 1024;
const END = '\r\n\r\n';

const connect = tls.connect;

function proxyUrl() {
  const given = process.env.https_proxy || process.env.HTTPS_PROXY;
  return given ? new URL(given) : null;
}

function isDirect(host) {
  const direct = process.env.no_proxy || process.env.NO_PROXY || '';
  return direct.split(',').some((one) => {
    const name = one.trim().toLowerCase();
    return name === '*' || (name && (name === host || host.endsWith(`.${name}`)));
  });
}

// A connection to another machine by way of the proxy; what is written waits until it is open.
class Tunnel extends Duplex {
  constructor(proxy, host, port) {
    super({ allowHalfOpen: false });
    this.open = false;
    this.waiting = null;
    this.head = Buffer.alloc(0);
    this.line = net.connect({ host: proxy.hostname.replace(/^\[|\]$/g, ''), port: proxy.port || 80 });
    this.line.setNoDelay(true);
    this.line.on('data', (data) => this.receive(data));
    this.line.on('end', () => this.push(null));
    this.line.on('error', (error) => this.destroy(error));
    this.line.on('close', () => this.destroy());
    const target = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
    let ask = `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n`;
    if (proxy.username) {
      const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
      ask += `Proxy-Authorization: Basic ${Buffer.from(user).toString('base64')}\r\n`;
    }
    this.line.write(`${ask}\r\n`);
  }

  receive(data) {
    if (this.open) {
      if (!this.push(data)) this.line.pause();
      return;
    }
    this.head = Buffer.concat([this.head, data]);
    const end = this.head.indexOf(END);
    if (end < 0 && this.head.length < LONGEST) return;
    const status = this.head.toString('latin1').split('\r\n', 1)[0];
    if (!/^HTTP\/1\.[01] 200 /.test(status)) {
      this.destroy(Object.assign(new Error(status), { code: 'ERR_PROXY_TUNNEL' }));
      return;
    }
    this.open = true;
    const rest = this.head.subarray(end + END.length);
    if (rest.length) this.push(rest);
    const waiting = this.waiting;
    this.waiting = null;
    if (waiting) waiting();
  }

  _read() {
    this.line.resume();
  }

  _write(data, encoding, done) {
    const write = () => this.line.write(data, encoding, done);
    if (this.open) write();
    else this.waiting = write;
  }

  _final(done) {
    this.line.end(done);
  }

  _destroy(error, done) {
    this.line.destroy();
    done(error);
  }
}

// The arguments of `tls.connect`, which come in three orders.
function optionsOf(given) {
  const [first, second, third] = given;
  if (typeof first === 'object' && first !== null) return { ...first };
  const host = typeof second === 'string' ? { host: second } : {};
  const others = [second, third].find((one) => typeof one === 'object' && one !== null);
  return { port: first, ...host, ...others };
}

// Lets a program end while a connection is idle, and not while it waits for an answer.
function referring(socket, line) {
  for (const name of ['ref', 'unref']) {
    socket[name] = () => {
      line[name]();
      return socket;
    };
  }
  return socket;
}

tls.connect = function connectByProxy(...given) {
  const proxy = proxyUrl();
  const options = optionsOf(given);
  const host = String(options.host || 'localhost').toLowerCase();
  if (!proxy || options.socket || options.path || isDirect(host)) return connect.apply(this, given);
  const done = given.find((one) => typeof one === 'function');
  const tunnel = new Tunnel(proxy, host, options.port);
  const servername = options.servername ?? (net.isIP(host) ? undefined : host);
  const whole = { ...options, socket: tunnel, servername };
  return referring(connect.call(this, whole, ...(done ? [done] : [])), tunnel.line);
};

require('node:module').syncBuiltinESMExports();
