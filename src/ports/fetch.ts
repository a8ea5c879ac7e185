/** The network: `globalThis.fetch`, or a handler. Redirects are followed by the caller, never by this port. */
export type Fetch = (request: Request) => Promise<Response>;
