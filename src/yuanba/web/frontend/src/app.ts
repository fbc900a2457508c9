// What every page gets. Each module improves something that already works without it.
import { watchCopyLinks } from "./copy";
import { watchDialogs } from "./dialogs";
import { keepDrafts } from "./drafts";
import { guardSubmits } from "./guard";
import { watchMenus } from "./menus";
import { preparePhotos } from "./photos";
import { watchPrint } from "./print";

guardSubmits();
watchDialogs();
watchMenus();
watchCopyLinks();
keepDrafts();
preparePhotos();
watchPrint();
