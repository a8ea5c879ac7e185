/** An archive host on loopback: bytes by path. */
export class Site implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #pages = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Requests so far. */
  requests = 0;
  /** Asked first; undefined lets the bytes go out. */
  trouble: (() => Promise<Response | undefined>) | undefined;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** Where it listens, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Serves bytes: their URL. */
  put(path: string, bytes: Uint8Array<ArrayBuffer>): string {
    this.#pages.set(path, bytes);
    return `${this.url}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    this.requests++;
    const page = this.#pages.get(new URL(request.url).pathname);
    if (page === undefined) return new Response("not here", { status: 404 });
    return await this.trouble?.() ?? new Response(page, {
      headers: {
        "content-type": "application/octet-stream",
        "content-length": String(page.length),
      },
    });
  }
}
