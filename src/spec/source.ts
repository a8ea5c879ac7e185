/** An archive's URL, taken apart where that matters. */
export interface Source {
  /** The URL verbatim but for its user and password. */
  readonly url: string;
  /** User of the URL, decoded. */
  readonly username: string | undefined;
  /** Password of the URL, decoded. */
  readonly password: string | undefined;
}

/** Why a text is no URL to download from. */
export interface SourceFault {
  /** `scheme`: other than http and https, or not at the very start in lower case. */
  readonly code: "scheme" | "source";
  /** One line for people, without the URL: it may hold a secret. */
  readonly why: string;
}

/**
 * Reads a download URL. Only `http://` and `https://`, written so: `fetch` would open `file:` and `data:`. The
 * rest is kept verbatim, since a signed URL or `%2B` must not be written anew.
 */
export function readSource(text: string): Source | SourceFault {
  const match = /^(https?:\/\/)([^/?#]*)(.*)$/s.exec(text);
  if (match === null) {
    return { code: "scheme", why: 'not a URL that starts with "http://" or "https://"' };
  }
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0020\u007f\\]/.test(text)) {
    return { code: "source", why: "a URL with a blank, control character or backslash" };
  }
  const [, scheme = "", authority = "", rest = ""] = match;
  const at = authority.lastIndexOf("@");
  const url = scheme + authority.slice(at + 1) + rest;
  const parsed = URL.parse(url);
  // Of "https:///host" URL makes "https://host".
  if (parsed === null || authority.length === at + 1) {
    return { code: "source", why: "not a URL with a host" };
  }
  if (at < 0) return { url, username: undefined, password: undefined };
  const [username = "", ...password] = authority.slice(0, at).split(":");
  try {
    return {
      url,
      username: decodeURIComponent(username),
      password: decodeURIComponent(password.join(":")),
    };
  } catch {
    return { code: "source", why: "a URL whose user or password cannot be decoded" };
  }
}
