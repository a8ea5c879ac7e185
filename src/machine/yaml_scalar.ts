/** What a scalar of a manifest reads as. */
export type YamlScalar = string | number | boolean | null;

const BASES: Readonly<Record<string, { readonly base: number; readonly digits: RegExp }>> = {
  x: { base: 16, digits: /^[0-9a-fA-F]+$/ },
  o: { base: 8, digits: /^[0-7]+$/ },
  b: { base: 2, digits: /^[01]+$/ },
};

/**
 * Reads an unquoted scalar as the reference's YAML library does: YAML 1.2 words (`yes` and `on` are texts),
 * numbers with `_` between digits, `0700` and `0o700` octal, dates as texts. A whole number that a double
 * cannot hold stays a text.
 */
export function resolvePlain(source: string): YamlScalar {
  if (/^(?:|~|null|Null|NULL)$/.test(source)) return null;
  if (/^(?:true|True|TRUE)$/.test(source)) return true;
  if (/^(?:false|False|FALSE)$/.test(source)) return false;
  if (/^\+?\.(?:inf|Inf|INF)$/.test(source)) return Infinity;
  if (/^-\.(?:inf|Inf|INF)$/.test(source)) return -Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(source)) return NaN;
  return /^[+-]?[0-9.]/.test(source) ? resolveNumber(source) ?? source : source;
}

function resolveNumber(source: string): number | undefined {
  const sign = source.startsWith("-") ? -1 : 1;
  const body = source.replace(/^[+-]/, "").replaceAll("_", "");
  const prefix = /^0([xob])(.*)$/.exec(body);
  const { base, digits } = BASES[prefix?.[1] ?? ""] ?? {};
  if (base !== undefined && digits !== undefined) {
    return wholeNumber(prefix?.[2] ?? "", base, digits, sign);
  }
  if (/^0[0-9]+$/.test(body)) return wholeNumber(body.slice(1), 8, /^[0-7]+$/, sign);
  if (/^[0-9]+$/.test(body)) return wholeNumber(body, 10, /^[0-9]+$/, sign);
  if (!/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(body)) return undefined;
  const number = sign * Number(body);
  return Number.isFinite(number) ? number : undefined;
}

function wholeNumber(
  text: string,
  base: number,
  digits: RegExp,
  sign: number,
): number | undefined {
  if (!digits.test(text)) return undefined;
  const number = sign * parseInt(text, base);
  if (!Number.isSafeInteger(number)) return undefined;
  return number === 0 ? 0 : number;
}
