/** What stands at a path: its bytes, or what to answer. */
export type Page = Uint8Array | ((request: Request) => Response | Promise<Response>);

/** One request that came in. */
export interface SeenRequest {
  /** HTTP method. */
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  /** Its headers. */
  readonly headers: Headers;
}

/** Options of {@linkcode startHttpServer}. */
export interface HttpServerOptions {
  /** Pages at the start, by path: `/facts-1.0.0.tgz`. */
  readonly pages?: Readonly<Record<string, Page>>;
  /** Serve https with this certificate. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A real HTTP server on loopback. Pages can be changed while it runs. */
export class TestHttpServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #abort = new AbortController();
  readonly #https: boolean;
  /** What it serves; anything else is 404. */
  readonly pages: Map<string, Page>;
  /** Every request so far, oldest first. */
  readonly requests: SeenRequest[] = [];
  /** Asked before the pages; undefined lets the pages answer. */
  hook: ((request: Request) => Response | Promise<Response> | undefined) | undefined;

  constructor(options: HttpServerOptions = {}) {
    this.pages = new Map(Object.entries(options.pages ?? {}));
    this.#https = options.tls !== undefined;
    this.#server = Deno.serve(
      {
        hostname: "127.0.0.1",
        port: 0,
        signal: this.#abort.signal,
        onListen: () => {},
        onError: () => new Response(null, { status: 500 }),
        ...options.tls,
      },
      (request) => this.#answer(request),
    );
  }

  /** Where it listens. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** `http://127.0.0.1:port`, without a slash at the end. */
  get url(): string {
    return `${this.#https ? "https" : "http"}://127.0.0.1:${this.port}`;
  }

  /** How many requests came for a path; for any without one. */
  count(path?: string): number {
    return this.requests.filter((seen) => path === undefined || seen.path === path).length;
  }

  /** Ends it, with what is still being answered. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#server.finished;
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    this.requests.push({
      method: request.method,
      path: pathname + search,
      headers: request.headers,
    });
    const hooked = await this.hook?.(request);
    if (hooked !== undefined) return hooked;
    const page = this.pages.get(pathname + search) ?? this.pages.get(pathname);
    if (page === undefined) return new Response("not here", { status: 404 });
    return typeof page === "function" ? await page(request) : bytesResponse(page);
  }
}

/** Starts a server: `await using server = startHttpServer({ pages: { "/a.tgz": bytes } })`. */
export function startHttpServer(options: HttpServerOptions = {}): TestHttpServer {
  return new TestHttpServer(options);
}

/** Bytes with their length. */
export function bytesResponse(bytes: Uint8Array, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers);
  headers.set("content-length", String(bytes.length));
  if (!headers.has("content-type")) headers.set("content-type", "application/octet-stream");
  return new Response(bytes.slice(), { ...init, headers });
}

/** A page that comes in pieces of `chunk` bytes with `delayMs` between them. */
export function slowPage(bytes: Uint8Array, options: { chunk: number; delayMs: number }): Page {
  return () => {
    let offset = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        if (offset > 0) {
          await new Promise((resolve) => timer = setTimeout(resolve, options.delayMs));
        }
        controller.enqueue(bytes.slice(offset, offset + options.chunk));
        offset += options.chunk;
        if (offset >= bytes.length) controller.close();
      },
      cancel: () => clearTimeout(timer),
    });
    return new Response(body, { headers: { "content-length": String(bytes.length) } });
  };
}

/** A page that sends its first bytes and then nothing, with the connection left open. */
export function stalledPage(bytes: Uint8Array, sent: number): Page {
  return () => {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.enqueue(bytes.slice(0, sent)),
    });
    return new Response(body, { headers: { "content-length": String(bytes.length) } });
  };
}

/** A page that claims its whole length and cuts the connection after `kept` bytes. */
export function truncatedPage(bytes: Uint8Array, kept: number): Page {
  return () => {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        controller.enqueue(bytes.slice(0, kept));
      },
      pull(controller) {
        controller.error(new Error("cut on purpose"));
      },
    });
    return new Response(body, { headers: { "content-length": String(bytes.length) } });
  };
}

/** A page that sends somewhere else. */
export function redirectPage(location: string, status = 302): Page {
  return () => new Response(null, { status, headers: { location } });
}
