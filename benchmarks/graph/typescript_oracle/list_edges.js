// What the TypeScript compiler resolves in a project, as JSON lines: imports between its files, and direct calls.
//
//     node list_edges.js PATH_TO_TYPESCRIPT ROOT TSCONFIG < files > edges.jsonl
//
// `files` are paths from ROOT, one a line. An import is {k: "i", from, to}; a call is {k: "c", from, at, to, name}: the
// call stands at offset `at` of `from`, and what it calls is declared in `to` with its name at offset `name` (UTF-16
// code units, as the compiler counts). Signatures without a body are followed to the body where there is one; what is
// only declared as a type is left out.
"use strict";

const fs = require("fs");
const path = require("path");

const [typescript, root, configPath] = process.argv.slice(2);
const ts = require(path.resolve(typescript));
const listed = fs.readFileSync(0, "utf8").split("\n").filter(Boolean);
const config = configPath ? ts.readConfigFile(configPath, ts.sys.readFile).config : {};
const parsed = ts.parseJsonConfigFileContent(config, ts.sys, configPath ? path.dirname(configPath) : root);
const options = { ...parsed.options, noEmit: true, allowJs: true, skipLibCheck: true, composite: false, incremental: false };
const program = ts.createProgram(listed.map((file) => path.resolve(root, file)), options);
const checker = program.getTypeChecker();
const known = new Set(listed.map((file) => path.resolve(root, file)));
const out = [];

function relative(file) {
  return path.relative(root, file).split(path.sep).join("/");
}

function nameOf(node) {
  if (ts.isConstructorDeclaration(node)) return node.getChildren().find((c) => c.kind === ts.SyntaxKind.ConstructorKeyword);
  if (node.name) return node.name;
  let parent = node.parent;
  while (parent && ts.isParenthesizedExpression(parent)) parent = parent.parent;
  if (!parent) return undefined;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) return parent.name;
  if (ts.isBinaryExpression(parent)) return parent.left;
  if (ts.isCallExpression(parent) && ts.isVariableDeclaration(parent.parent)) return parent.parent.name;
  if (ts.isExportAssignment(parent)) return parent.getChildren().find((c) => c.kind === ts.SyntaxKind.DefaultKeyword);
  const modifier = (node.modifiers || []).find((m) => m.kind === ts.SyntaxKind.DefaultKeyword);
  return modifier;
}

function withBody(declaration) {
  if (declaration.body || !declaration.symbol) return declaration;
  const others = declaration.symbol.declarations || [];
  return others.find((d) => d.body && d.kind !== ts.SyntaxKind.ModuleDeclaration && d.parent === declaration.parent) || declaration;
}

const UNITS = new Set([
  ts.SyntaxKind.FunctionDeclaration, ts.SyntaxKind.FunctionExpression, ts.SyntaxKind.ArrowFunction,
  ts.SyntaxKind.MethodDeclaration, ts.SyntaxKind.Constructor, ts.SyntaxKind.ClassDeclaration,
  ts.SyntaxKind.ClassExpression, ts.SyntaxKind.GetAccessor, ts.SyntaxKind.SetAccessor,
]);

function addCall(node, declaration) {
  if (!declaration || !UNITS.has(declaration.kind)) return;
  addTarget(node, withBody(declaration));
}

function addTarget(node, target) {
  const file = target.getSourceFile().fileName;
  const name = nameOf(target);
  if (!known.has(path.resolve(file)) || !name) return;
  const from = node.getSourceFile();
  out.push({ k: "c", from: relative(from.fileName), at: node.getStart(from), to: relative(file), name: name.getStart() });
}

function symbolOf(expression) {
  const symbol = checker.getSymbolAtLocation(expression);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

// A variable that is called by its name: where it holds a wrapped function, its name is a unit.
function addNamed(node, expression) {
  const symbol = symbolOf(expression);
  const declaration = symbol && symbol.valueDeclaration;
  if (!declaration || !(ts.isVariableDeclaration(declaration) || ts.isFunctionDeclaration(declaration)) || !declaration.name) return;
  addTarget(node, declaration.body || !ts.isFunctionDeclaration(declaration) ? declaration : withBody(declaration));
}

function classOf(expression) {
  const symbol = symbolOf(expression);
  return symbol && symbol.valueDeclaration && ts.isClassLike(symbol.valueDeclaration) ? symbol.valueDeclaration : undefined;
}

function isCall(node) {
  return ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node) || ts.isJsxOpeningLikeElement(node);
}

function addCalls(node) {
  const signature = checker.getResolvedSignature(node);
  addCall(node, signature && signature.declaration);
  addNamed(node, node.expression || node.tag || node.tagName);
  if (ts.isNewExpression(node)) addCall(node, classOf(node.expression));
  if (ts.isJsxOpeningLikeElement(node)) addCall(node, classOf(node.tagName));
}

// Reading a property that is an accessor runs its getter, assigning to it the setter.
function addAccessor(node) {
  const symbol = checker.getSymbolAtLocation(node.name);
  if (!symbol || !(symbol.flags & ts.SymbolFlags.Accessor)) return;
  const parent = node.parent;
  const written = ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  addCall(node, (symbol.declarations || []).find((d) => (written ? ts.isSetAccessor(d) : ts.isGetAccessor(d))));
}

function loads(node) {
  const callee = node.expression;
  return node.arguments.length === 1 && (callee.kind === ts.SyntaxKind.ImportKeyword || callee.getText() === "require");
}

// The name of the module that a statement, call or type loads.
function moduleOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isCallExpression(node)) return loads(node) ? node.arguments[0] : undefined;
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) return node.moduleReference.expression;
  return ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
}

function visit(node) {
  if (isCall(node)) addCalls(node);
  else if (ts.isPropertyAccessExpression(node)) addAccessor(node);
  const literal = moduleOf(node);
  if (literal && ts.isStringLiteralLike(literal)) addImport(node.getSourceFile(), literal);
  ts.forEachChild(node, visit);
}

function addImport(file, literal) {
  const found = ts.resolveModuleName(literal.text, file.fileName, options, ts.sys).resolvedModule;
  if (found && known.has(path.resolve(found.resolvedFileName))) {
    out.push({ k: "i", from: relative(file.fileName), to: relative(found.resolvedFileName) });
  }
}

for (const file of program.getSourceFiles()) {
  if (known.has(path.resolve(file.fileName))) visit(file);
}
fs.writeSync(1, out.map((edge) => JSON.stringify(edge)).join("\n") + "\n");
