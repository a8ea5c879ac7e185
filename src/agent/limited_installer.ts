import type { Installer, InstallRequest } from "../ports/installer.ts";

/** An installer that asks only the given hosts, whatever a manifest allows: the node's own word stands above. */
export function limitedInstaller(
  installer: Installer,
  allowHosts: readonly string[] | undefined,
): Installer {
  if (allowHosts === undefined) return installer;
  return {
    install: (request, options) => installer.install(limit(request, allowHosts), options),
    check: (request, options) => installer.check(request, options),
  };
}

function limit(request: InstallRequest, allowHosts: readonly string[]): InstallRequest {
  const wanted = request.allowHosts;
  return {
    ...request,
    allowHosts: wanted === undefined
      ? allowHosts
      : wanted.filter((host) => allowHosts.includes(host)),
  };
}
