import type { Fetch } from "../ports/fetch.ts";

/** What a URL answers: bytes or text with status 200, a Response, or a function that makes one. */
export type TestHttpAnswer =
  | Uint8Array
  | string
  | Error
  | ((request: Request) => Response | Promise<Response>);

/** One request that arrived. */
export interface TestHttpRequest {
  /** Method. */
  readonly method: string;
  /** Whole URL. */
  readonly url: string;
  /** Headers. */
  readonly headers: Headers;
}

/** HTTP servers without a network: what every URL answers is written by the test. */
export class TestHttp {
  #answers = new Map<string, TestHttpAnswer>();
  #requests: TestHttpRequest[] = [];

  /** Every request, oldest first. */
  get requests(): readonly TestHttpRequest[] {
    return this.#requests;
  }

  /** Defines what a URL answers; an Error makes the request fail as a broken connection does. */
  on(url: string, answer: TestHttpAnswer): this {
    this.#answers.set(url, answer);
    return this;
  }

  /** Makes a URL answer 404 again. */
  off(url: string): this {
    this.#answers.delete(url);
    return this;
  }

  /** The port. A method that needs no `this`. */
  readonly fetch: Fetch = async (request) => {
    request.signal.throwIfAborted();
    this.#requests.push({ method: request.method, url: request.url, headers: request.headers });
    const answer = this.#answers.get(request.url);
    if (answer === undefined) return new Response("not found", { status: 404 });
    if (answer instanceof Error) throw answer;
    if (typeof answer === "function") return await answer(request);
    const bytes = typeof answer === "string" ? new TextEncoder().encode(answer) : answer;
    return new Response(bytes.slice(), {
      headers: {
        "content-type": "application/octet-stream",
        "content-length": String(bytes.length),
      },
    });
  };
}
