/** Largest facts file, bytes. */
export const MAX_FACTS_BYTES = 4 * 1024 * 1024;

/** Reads a node's facts: a JSON or YAML file (by its name) that holds an object. */
export async function readFacts(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(path);
  const value = /\.ya?ml$/i.test(path) ? await parseYaml(text, path) : parseJson(text, path);
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new TypeError(`Cannot use facts "${path}": they are not an object`);
  }
  return Object.fromEntries(Object.entries(value));
}

async function readText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    const info = await Deno.stat(path);
    if (!info.isFile) throw new TypeError("it is not a regular file");
    if (info.size > MAX_FACTS_BYTES) throw new RangeError(`it is above ${MAX_FACTS_BYTES} bytes`);
    bytes = await Deno.readFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotCapable
      ? "Deno was not given --allow-read for it"
      : cause instanceof Deno.errors.NotFound
      ? "it does not exist"
      : cause instanceof Error
      ? cause.message
      : "it failed";
    throw new Error(`Cannot read facts "${path}": ${why}`, { cause });
  }
  return new TextDecoder().decode(bytes);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "it is not JSON";
    throw new SyntaxError(`Cannot parse facts "${path}": ${why}`, { cause });
  }
}

/** YAML is loaded only where it is used: it costs start time. */
async function parseYaml(text: string, path: string): Promise<unknown> {
  const { load } = await import("js-yaml");
  try {
    return load(text, { maxDepth: 20, maxAliases: 0 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split("\n")[0] : "it is not YAML";
    throw new SyntaxError(`Cannot parse facts "${path}": ${why}`, { cause });
  }
}
