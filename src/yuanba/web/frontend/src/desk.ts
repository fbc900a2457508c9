// Office pages only: parts of a page are fetched in place (htmx) and lists are worked by keyboard.
import htmx from "htmx.org";
import { openTarget } from "./folds";
import { watchKeys } from "./keyboard";
import { numberLines } from "./lines";
import { watchLooks } from "./look";
import { watchRequests } from "./requests";
import { watchSeveral } from "./several";
import { watchUndo } from "./undo";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;

watchKeys();
watchLooks();
openTarget();
watchSeveral();
watchUndo();
watchRequests();
numberLines();
