// The list beside the map on narrow screens, where it lies over the map and is brought up by a button.

const isOver = () => !$("side-open").hidden && getComputedStyle($("side-open")).display !== "none";

function showSide(shown) {
  $("side").classList.toggle("shown", shown);
  $("side-open").setAttribute("aria-expanded", String(shown));
}

const sideIsOverMap = () => isOver() && $("side").classList.contains("shown");

function closeSide() {
  showSide(false);
  $("side-open").focus();
}

// Goes to the list of groups, which may have to be brought up first.
function skipToOutline(event) {
  event.preventDefault();
  if (isOver()) showSide(true);
  focusRow($("outline").querySelector('[role="treeitem"][tabindex="0"]') ?? $("outline").querySelector('[role="treeitem"]'));
}

function makeSide() {
  $("side-open").addEventListener("click", () => showSide(!$("side").classList.contains("shown")));
  document.querySelector(".skip").addEventListener("click", skipToOutline);
  $("stage").addEventListener("pointerdown", () => sideIsOverMap() && showSide(false), true);
}
