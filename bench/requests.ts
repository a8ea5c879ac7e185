/** Answers one request, which has the handler's name as a key. */
export type Handler = (
  request: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>;

/** Reads one line of JSON after the other from stdin and writes the answers of the handlers to stdout, as they come. */
export async function answerRequests(handlers: Readonly<Record<string, Handler>>): Promise<void> {
  const decoder = new TextDecoderStream();
  let rest = "";
  for await (const piece of Deno.stdin.readable.pipeThrough(decoder)) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    // A question may be asked while another one waits.
    for (const line of lines) void answer(handlers, line);
  }
}

async function answer(handlers: Readonly<Record<string, Handler>>, line: string): Promise<void> {
  let answer: Readonly<Record<string, unknown>>;
  try {
    const request = JSON.parse(line);
    const name = Object.keys(request).find((key) => Object.hasOwn(handlers, key)) ?? "";
    const handler = handlers[name];
    if (handler === undefined) throw new TypeError(`Cannot answer "${line}": nobody knows it`);
    answer = await handler(request);
  } catch (error) {
    answer = { error: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
  const bytes = new TextEncoder().encode(`${JSON.stringify(answer)}\n`);
  for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
}
