import { openWorkbench } from "./workbench.mjs";
const wb = await openWorkbench({ project: process.argv[2], vsix: process.argv[3], shots: "/tmp/w/lead/shots", settings: { "aifirst.path": ["/work/main/.venv/bin/aifirst"], "aifirst.logLevel": "debug" } });
try {
  await wb.openFile(process.argv[4]);
  await new Promise(r => setTimeout(r, 6000));
  await wb.shot("opened");
  await wb.run("aifirst: Show Logs");
  await new Promise(r => setTimeout(r, 2000));
  await wb.shot("logs");
} finally { await wb.close(); }
