import type { NodeSettings } from "./node_settings.ts";

/** Options that are passed on to the unit's command line. */
const PASSED = ["store", "bucket", "key", "identity", "interval", "manage-interval"];

/**
 * A systemd unit for a node: Deno's permissions inside, systemd's around them. `MemoryDenyWriteExecute` is left
 * out because V8 compiles at run time.
 */
export function systemdUnit(settings: NodeSettings, flags: readonly string[]): string {
  const { directory, stateDirectory, input } = settings;
  const options = PASSED.flatMap((name) => {
    const value = input.text(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const keys = input.list("public-key").flatMap((key) => ["--public-key", key]);
  const hosts = (settings.allowHosts ?? []).flatMap((host) => ["--allow-host", host]);
  const command = [
    "/usr/local/bin/deno",
    "run",
    ...flags,
    "/opt/machinist/cli.ts",
    "run",
    directory,
  ];
  const writable = [...new Set([directory, stateDirectory])].map(quote).join(" ");
  return `[Unit]
Description=Machinist: signed autonomous agents
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=${[...command, ...options, ...keys, ...hosts].map(quote).join(" ")}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=5
RestartPreventExitStatus=75 78
TimeoutStopSec=15
UMask=0077
ReadWritePaths=${writable}
ProtectSystem=strict
ProtectHome=true
PrivateTmp=true
PrivateDevices=true
ProtectKernelTunables=true
ProtectKernelModules=true
ProtectKernelLogs=true
ProtectControlGroups=true
ProtectClock=true
ProtectHostname=true
RestrictSUIDSGID=true
RestrictRealtime=true
RestrictNamespaces=true
LockPersonality=true
NoNewPrivileges=true
CapabilityBoundingSet=
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
SystemCallFilter=@system-service
SystemCallArchitectures=native
MemoryMax=512M

[Install]
WantedBy=multi-user.target
`;
}

/** A word of a unit file: quoted where it must be, `%` and `$` taken as they are. */
function quote(word: string): string {
  const escaped = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /[\s"'\\;]/.test(escaped)
    ? `"${escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`
    : escaped;
}
