/** A path as seen from `cwd`: absolute, without `.`, `..` and doubled or trailing slashes. */
export function absolutePath(path: string, cwd: string): string {
  const kept: string[] = [];
  const parts = (path.startsWith("/") ? path : `${cwd}/${path}`).split("/");
  for (const part of parts) {
    if (part === "" || part === ".") continue;
    if (part === "..") kept.pop();
    else kept.push(part);
  }
  return `/${kept.join("/")}`;
}
