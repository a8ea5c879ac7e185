/** Lines up rows under headings, two blanks between the columns, nothing else: easy to read and to cut. */
export async function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<string> {
  const { default: Table } = await import("cli-table3");
  const none = { left: "", right: "", mid: "", middle: "" };
  const made = new Table({
    head: [...headings],
    chars: {
      "top": "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      "bottom": "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      "left-mid": "",
      "mid-mid": "",
      "right-mid": "",
      ...none,
      "mid": "",
      "middle": "  ",
    },
    style: { "head": [], "border": [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) made.push([...row]);
  return `${made.toString().split("\n").map((line) => line.trimEnd()).join("\n")}\n`;
}
