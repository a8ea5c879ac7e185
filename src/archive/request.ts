import type { CheckRequest, InstallRequest } from "../ports/installer.ts";
import { escapeReason } from "../util/confine.ts";
import { limitsFor } from "./limits.ts";
import type { StagingOptions } from "./staging.ts";

/** Throws TypeError for a request whose names could lead anywhere, or whose digests are none. */
export function checkRequest(request: CheckRequest & { readonly checksum?: string }): void {
  const { creates, verify, verifyChecksum, checksum = verifyChecksum, target } = request;
  for (const name of [creates, verify]) {
    const why = name.includes("/") ? "it is not a plain name" : escapeReason(name);
    if (why !== undefined) throw new TypeError(`Cannot use directory or file "${name}": ${why}`);
  }
  if (!target.startsWith("/")) throw new TypeError(`Cannot use target "${target}": not absolute`);
  for (const digest of [verifyChecksum, checksum]) {
    if (!/^[0-9a-f]{64}$/.test(digest)) {
      throw new TypeError(`Cannot use checksum "${digest}": it is not 64 lower-case hex digits`);
    }
  }
}

/** What tells one installed directory from another. */
export function keyOf(request: CheckRequest): string {
  return `${request.target}/${request.creates}`;
}

/** What a stage in `directory` needs to know of a request. */
export function stagingOptions(
  request: InstallRequest,
  where: { readonly directory: string; readonly part: string | undefined },
): StagingOptions {
  const { directory, part } = where;
  const { creates, checksum, verify, verifyChecksum, allowUnlisted = [], size } = request;
  return {
    directory,
    top: creates,
    checksum,
    verify,
    verifyChecksum,
    limits: limitsFor(size),
    allowUnlisted,
    ...(part !== undefined && { part }),
  };
}
