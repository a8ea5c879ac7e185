import type { Data, Outcome, WatchContext, Watcher, WatcherType } from "../machine/watcher.ts";
import { FIXED_TYPE } from "./manager_definition.ts";

/** A watcher type for a node with a specification of its own, "compiled in": it brings that text, once. */
export function fixedSpecification(text: string): WatcherType {
  return {
    type: FIXED_TYPE,
    create(properties: Data): Watcher {
      const item = String(properties["store_key"]);
      return {
        watch({ data }: WatchContext): Promise<Outcome> {
          return Promise.resolve(
            data[item] === text
              ? { result: "unchanged", reason: "the specification is compiled in" }
              : {
                result: "success",
                reason: "took the specification that is compiled in",
                data: { [item]: text },
              },
          );
        },
      };
    },
  };
}
