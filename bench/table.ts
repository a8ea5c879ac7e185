import type { Row } from "./row.ts";

const HEAD = ["what", "ours", "peer", "ratio", "goal", ""] as const;

/** Rows as a table in Markdown, which a terminal shows well enough. */
export function table(rows: readonly Row[]): string {
  const cells = [
    [...HEAD],
    ...rows.map((row) => [
      row.name,
      figure(row.ours),
      row.peer === null ? "-" : figure(row.peer),
      row.ratio === null ? "-" : row.ratio.toFixed(2),
      row.goal === null ? "-" : row.goal.toFixed(2),
      verdict(row),
    ]),
  ];
  const widths = HEAD.map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0))
  );
  const line = (parts: readonly string[]) =>
    `| ${
      parts.map((part, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? part.padEnd(width) : part.padStart(width);
      }).join(" | ")
    } |`;
  const rule = `| ${
    widths.map((width, column) =>
      "-".repeat(width - (column === 0 ? 0 : 1)) + (column === 0 ? "" : ":")
    )
      .join(" | ")
  } |`;
  const [head = [], ...rest] = cells;
  return [line(head), rule, ...rest.map(line), ""].join("\n");
}

/** Whether a row keeps its goal; true when it has none. */
export function keeps({ ratio, goal }: Row): boolean {
  return ratio === null || goal === null || ratio <= goal;
}

function verdict(row: Row): string {
  if (row.goal === null) return "";
  return keeps(row) ? "ok" : "missed";
}

function figure(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toFixed(digits);
}
