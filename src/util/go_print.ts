/** Deeper values are refused: they come from data, and printing goes down recursively. */
const MAX_DEPTH = 100;

/**
 * Prints a value of JSON as Go's templates do: numbers are float64 (`1`, `0.5`, a million is `1e+06`), integers of a template are
 * bigint, arrays `[a b]`, maps `map[a:1 b:2]` sorted by key, nil `<no value>` on its own and `<nil>` inside.
 *
 * @throws {RangeError} for values nested deeper than 100 levels.
 */
export function goPrint(value: unknown): string {
  return value === null || value === undefined ? "<no value>" : print(value, 0);
}

function print(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) {
    throw new RangeError(`Cannot print value: nested deeper than ${MAX_DEPTH} levels`);
  }
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "number") return goFloat(value);
  if (Array.isArray(value)) return `[${value.map((item) => print(item, depth + 1)).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return `map[${entries.map(([key, item]) => `${key}:${print(item, depth + 1)}`).join(" ")}]`;
}

/** A float64 as Go's `%v`: shortest digits, with an exponent below 1e-4 and, as it happens, from a million on. */
function goFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (value === 0 || (power >= -4 && power < 6)) return String(value);
  const size = String(Math.abs(power)).padStart(2, "0");
  return `${digits}e${power < 0 ? "-" : "+"}${size}`;
}
