// The embedded data with names instead of positions; html_data.py writes the rows in this order.

const data = JSON.parse(document.getElementById("report-data").textContent);
const SEVERITIES = ["error", "warning", "note"];
const BANDS = ["up to 200", "201–500", "501–700", "701–1,000", "over 1,000"];

const rules = data.rules.map(([code, name, summary, explanation]) => ({
  code, name, summary, explanation, counts: [0, 0, 0],
}));

const files = data.files.map((row) => ({
  path: data.paths[row[0]], language: row[1], kind: row[2], lines: row[3], tokens: row[4], glue: row[5],
  functions: row[6], over: row[7], overTokens: row[8], largest: row[9], largestLine: row[10],
  largestTokens: row[11], broken: row[12] === 1, leftOut: row[13], findings: 0, worst: 3,
}));

const findings = data.findings.map((row) => ({
  path: data.paths[row[0]], rule: rules[row[1]], severity: row[2], line: row[3], column: row[4],
  unit: row[5], message: row[6], suggestion: row[7], fixable: row[8] === 1, excerpt: row[9],
}));

const notices = data.notices.map(([code, path, message, nextStep]) => ({ code, path, message, nextStep }));
const judged = files.filter((file) => !file.leftOut);

function countFindings() {
  const byPath = new Map(files.map((file) => [file.path, file]));
  for (const finding of findings) {
    finding.rule.counts[finding.severity] += 1;
    const file = byPath.get(finding.path);
    if (file) {
      file.findings += 1;
      file.worst = Math.min(file.worst, finding.severity);
    }
  }
}
countFindings();
