// Office pages only: parts of a page are fetched in place (htmx) and lists are worked by keyboard.
import htmx from "htmx.org";
import { watchKeys } from "./keyboard";
import { numberLines } from "./lines";
import { watchRequests } from "./requests";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;

watchKeys();
watchRequests();
numberLines();
