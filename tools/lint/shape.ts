/** House rules about the shape of declarations: 3, 4, 5, 6 and 13. */
import { within } from "./place.ts";

type Rules = Record<string, Deno.lint.Rule>;

/** Deno's own contract for lint plugins is a default export. */
const DEFAULT_EXPORTS = ["tools/lint_plugin.ts"];
/** Names of parameters that hand a port over. */
const PORTS = ["clock", "fs", "io", "kv", "log", "ports", "process", "random", "world"];

/** The rules, by name. */
export const shapeRules: Rules = {
  "no-export-all": {
    create: (context) => ({
      ExportAllDeclaration(node) {
        context.report({ node, message: "Cannot use export *: list every name by hand (rule 4)" });
      },
    }),
  },
  "no-default-export": {
    create: (context) => ({
      ExportDefaultDeclaration(node) {
        if (within(context.filename, DEFAULT_EXPORTS)) return;
        context.report({ node, message: "Cannot use a default export: name it (rule 5)" });
      },
    }),
  },
  "no-enum": {
    create: (context) => ({
      TSEnumDeclaration(node) {
        context.report({ node, message: "Cannot use enum: take a union of strings (rule 5)" });
      },
    }),
  },
  "no-namespaces": {
    create: (context) => ({
      TSModuleDeclaration(node) {
        if (node.kind === "global") return;
        context.report({ node, message: "Cannot use namespace: a file is a module (rule 5)" });
      },
    }),
  },
  "no-parameter-properties": {
    create: (context) => ({
      TSParameterProperty(node) {
        context.report({
          node,
          message: "Cannot use a parameter property: write the field (rule 5)",
        });
      },
    }),
  },
  "no-private-keyword": {
    create: (context) => ({
      "PropertyDefinition[accessibility='private']"(node: Deno.lint.PropertyDefinition) {
        context.report({ node, message: "Cannot use private: take a #field (rule 6)" });
      },
      "MethodDefinition[accessibility='private']"(node: Deno.lint.MethodDefinition) {
        // There is no #constructor.
        if (node.kind === "constructor") return;
        context.report({ node, message: "Cannot use private: take a #method (rule 6)" });
      },
    }),
  },
  "readonly-data": {
    create(context) {
      if (!within(context.filename, ["src/", "mod.ts"])) return {};
      const message = "Cannot leave public data mutable: mark it readonly (rules 3, 6)";
      const lookAtShape = (node: Deno.lint.TSPropertySignature) => {
        if (!node.readonly) context.report({ node, message });
      };
      return {
        "ExportNamedDeclaration > ClassDeclaration > ClassBody > PropertyDefinition"(
          node: Deno.lint.PropertyDefinition,
        ) {
          if (node.readonly || node.key.type === "PrivateIdentifier") return;
          if (node.accessibility === "private" || node.accessibility === "protected") return;
          context.report({ node, message });
        },
        "ExportNamedDeclaration > TSInterfaceDeclaration TSPropertySignature": lookAtShape,
        "ExportNamedDeclaration > TSTypeAliasDeclaration TSPropertySignature": lookAtShape,
      };
    },
  },
  "one-class": {
    create(context) {
      if (!within(context.filename, ["src/"])) return {};
      const classes: Deno.lint.ClassDeclaration[] = [];
      return {
        "ExportNamedDeclaration > ClassDeclaration"(node: Deno.lint.ClassDeclaration) {
          if (!(node.id?.name ?? "").endsWith("Error")) classes.push(node);
        },
        "Program:exit"() {
          for (const node of classes.slice(1)) {
            context.report({
              node,
              message: "Cannot export a second class from one file (rule 3)",
            });
          }
        },
      };
    },
  },
  "options-bag": {
    create(context) {
      if (!within(context.filename, ["src/"])) return {};
      const look = (node: Deno.lint.Node, params: readonly Deno.lint.Parameter[]) => {
        const positional = params.filter((param) => !isBag(param) && !isPort(param));
        if (positional.length <= 2) return;
        context.report({
          node,
          message: "Cannot take more than two positional arguments: use an options bag (rule 13)",
        });
      };
      return {
        "ExportNamedDeclaration > FunctionDeclaration"(node: Deno.lint.FunctionDeclaration) {
          look(node, node.params);
        },
        "ExportNamedDeclaration > ClassDeclaration > ClassBody > MethodDefinition[key.type='Identifier']"(
          node: Deno.lint.MethodDefinition,
        ) {
          if (node.accessibility !== "private") look(node, node.value.params);
        },
      };
    },
  },
};

/** The world that a function acts on is not counted. */
function isPort(node: Deno.lint.Parameter): boolean {
  return node.type === "Identifier" && PORTS.includes(node.name);
}

/** An options bag by its name, its type or its pattern. */
function isBag(node: Deno.lint.Parameter | undefined): boolean {
  const parameter = node?.type === "AssignmentPattern" ? node.left : node;
  if (parameter?.type === "ObjectPattern") return true;
  if (parameter?.type !== "Identifier") return false;
  if (/options$/i.test(parameter.name)) return true;
  const type = parameter.typeAnnotation?.typeAnnotation;
  return type?.type === "TSTypeLiteral" ||
    (type?.type === "TSTypeReference" && type.typeName.type === "Identifier" &&
      type.typeName.name.endsWith("Options"));
}
