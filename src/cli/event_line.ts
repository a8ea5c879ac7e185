/** An event as it is shown. */
export interface ShownEvent {
  /** The whole CloudEvent. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What it is about. */
  readonly data: Readonly<Record<string, unknown>>;
  /** `transition`, or the watcher's type. */
  readonly type: string;
}

/** Which events are wanted. */
export interface EventPick {
  /** Of this machine. */
  readonly machine: string | undefined;
  /** Of this node. */
  readonly identity: string | undefined;
  /** `transition`, or of this watcher type. */
  readonly type: string | undefined;
}

/** Reads a message of the bus; undefined when it is no event of a machine. Anybody may publish there. */
export function readEvent(bytes: Uint8Array): ShownEvent | undefined {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof body !== "object" || body === null) return undefined;
    const whole = Object.fromEntries(Object.entries(body));
    const { data } = whole;
    if (typeof data !== "object" || data === null) return undefined;
    const about: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(data));
    const isTransition = about["transition"] !== undefined;
    return { body: whole, data: about, type: isTransition ? "transition" : text(about["type"]) };
  } catch {
    return undefined;
  }
}

/** Whether an event is one of those that are wanted. */
export function wantsEvent({ data, type }: ShownEvent, pick: EventPick): boolean {
  return (pick.machine === undefined || data["machine"] === pick.machine) &&
    (pick.identity === undefined || data["identity"] === pick.identity) &&
    (pick.type === undefined || type === pick.type);
}

/** The line that the reference's `machine watch` prints. */
export function eventLine({ data, type }: ShownEvent): string {
  const seconds = Number(data["timestamp"]);
  const time = Number.isFinite(seconds)
    ? new Date(seconds * 1_000).toISOString().slice(11, 19)
    : "--:--:--";
  const head = `[${time}] ${text(data["identity"])} ${text(data["machine"])}`;
  if (type === "transition") {
    const { transition, from_state, to_state } = data;
    return `${head} transitioned via event ${text(transition)}: ` +
      `${text(from_state)} => ${text(to_state)}\n`;
  }
  const state = text(data["previous_outcome"] ?? data["state"]);
  const why = data["reason"] === undefined ? "" : `: ${text(data["reason"])}`;
  return `${head}#${text(data["name"])} ${type}: ${state}${why}\n`;
}

/** What comes from the bus may play with the terminal. */
function text(value: unknown): string {
  if (value === undefined || value === null) return "-";
  // deno-lint-ignore no-control-regex -- control characters are what is replaced
  return String(value).replace(/[\u0000-\u001f\u007f-\u009f]/g, "?").slice(0, 400);
}
