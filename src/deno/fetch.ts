import type { Fetch } from "../ports/fetch.ts";

/**
 * The network through Deno. Redirects are handed to the caller, and bytes come as they were sent: asking
 * for `identity` also stops the runtime from decoding what a server calls gzip all the same.
 */
export const denoFetch: Fetch = (request) => {
  const { protocol } = new URL(request.url);
  if (protocol !== "http:" && protocol !== "https:") {
    return Promise.reject(new TypeError(`Cannot fetch from "${protocol}": only http and https`));
  }
  const headers = new Headers(request.headers);
  if (!headers.has("accept-encoding")) headers.set("accept-encoding", "identity");
  return fetch(new Request(request, { headers, redirect: "manual" }));
};
