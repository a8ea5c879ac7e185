import {
  type Download,
  openDownload,
  type OpenDownloadOptions,
} from "../../src/archive/download.ts";
import { parseSource, type ParseSourceOptions } from "../../src/archive/source.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { TestHttp } from "../../src/testing/test_http.ts";

/** What is served in most tests. */
export const URL_1 = "http://files.test/a.tgz";

/** Options of a download, and of its source. */
export type DownloadWorldOptions = Partial<OpenDownloadOptions> & {
  readonly source?: ParseSourceOptions;
};

/** Servers and time for downloads. */
export class DownloadWorld {
  /** The servers. */
  readonly http = new TestHttp();
  /** Fake time. */
  readonly clock = new FakeClock();

  /** Asks. */
  open(text = URL_1, options: DownloadWorldOptions = {}): Promise<Download> {
    const { source, ...more } = options;
    return openDownload(parseSource(text, source), {
      fetch: this.http.fetch,
      clock: this.clock,
      signal: new AbortController().signal,
      limit: 1000,
      ...more,
    });
  }

  /** Asks and reads all. */
  async load(text = URL_1, options: DownloadWorldOptions = {}): Promise<string> {
    await using download = await this.open(text, options);
    return await read(download);
  }
}

/** All of a download as text. */
export async function read(download: Download): Promise<string> {
  const decoder = new TextDecoder();
  let all = "";
  for await (const bytes of download.chunks()) all += decoder.decode(bytes, { stream: true });
  return all;
}
