// The map itself, a bundle of its own: fetched by pictures.ts, never with a page. No ground but our own places.
import type { Feature, FeatureCollection, Point } from "geojson";
import maplibregl from "maplibre-gl/dist/maplibre-gl-csp";
import type { MapGeoJSONFeature, StyleSpecification } from "maplibre-gl";

type Tone = "late" | "soon" | "calm" | "none" | "";

interface Place {
  name: string;
  url: string;
  open: number | null;
  told: boolean;
  tone: Tone;
}

type Places = FeatureCollection<Point, Place>;

const READY = "yuanba:map-wanted";
const CLOSEST = 16;

function part(figure: HTMLElement, name: string): HTMLElement {
  const found = figure.querySelector<HTMLElement>(`[data-map-${name}]`);
  if (!found) throw new Error(name);
  return found;
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function pixels(name: string): number {
  const size = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return Number.parseFloat(token(name)) * size;
}

/** What stands under a point: its name, and in words what is pressing. */
function caption(figure: HTMLElement, place: Place): string {
  const words = place.tone === "late" || place.tone === "soon" ? figure.dataset[place.tone] : "";
  return words ? `${place.name}\n${words}` : place.name;
}

function told(figure: HTMLElement, place: Place): string {
  if (!place.told) return "";
  return place.open === null ? (figure.dataset["few"] ?? "") : String(place.open);
}

function labelled(figure: HTMLElement, places: Places): Places {
  const features = places.features.map((feature) => ({
    ...feature,
    properties: {
      ...feature.properties,
      caption: caption(figure, feature.properties),
      number: feature.properties.open === null ? "" : String(feature.properties.open),
    },
  }));
  return { ...places, features: features as Feature<Point, Place>[] };
}

/** Points told apart by fill, edge and size; the same marks as in the legend. */
function style(places: Places): StyleSpecification {
  const tone = (late: string, soon: string, calm: string, none: string): maplibregl.ExpressionSpecification =>
    ["match", ["get", "tone"], "late", late, "soon", soon, "calm", calm, none] as maplibregl.ExpressionSpecification;
  const width: maplibregl.ExpressionSpecification = ["match", ["get", "tone"], "late", 1, "soon", 4, 1.5];
  const radius: maplibregl.ExpressionSpecification = [
    "case",
    ["!", ["get", "told"]],
    5,
    ["interpolate", ["linear"], ["coalesce", ["get", "open"], 0], 0, 13, 20, 17, 200, 26],
  ];
  return {
    version: 8,
    sources: { places: { type: "geojson", data: places } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": token("sunken") } },
      {
        id: "points",
        type: "circle",
        source: "places",
        paint: {
          "circle-color": tone(token("ink"), token("attention-soft"), token("surface"), token("sunken")),
          "circle-stroke-color": tone(token("ink"), token("attention"), token("edge"), token("edge")),
          "circle-stroke-width": width,
          "circle-radius": radius,
        },
      },
      {
        id: "names",
        type: "symbol",
        source: "places",
        layout: {
          "text-field": ["get", "caption"],
          "text-size": pixels("text-s"),
          "text-anchor": "top",
          "text-offset": ["case", ["get", "told"], ["literal", [0, 1.6]], ["literal", [0, 0.6]]],
          "symbol-sort-key": ["match", ["get", "tone"], "late", 0, "soon", 1, "calm", 2, 3],
        },
        paint: {
          "text-color": token("ink"),
          "text-halo-color": token("sunken"),
          "text-halo-width": 2,
        },
      },
      // Above the names, and so placed before them: a name makes room for a number.
      {
        id: "numbers",
        type: "symbol",
        source: "places",
        layout: {
          "text-field": ["get", "number"],
          "text-size": pixels("text-s"),
          "text-allow-overlap": true,
        },
        paint: { "text-color": tone(token("ink-on-ink"), token("ink"), token("ink"), token("ink")) },
      },
    ],
  };
}

function bounds(places: Places): maplibregl.LngLatBounds {
  const found = new maplibregl.LngLatBounds();
  places.features.forEach((feature) => found.extend(feature.geometry.coordinates as [number, number]));
  return found;
}

function popup(figure: HTMLElement, place: Place): HTMLElement {
  const box = document.createElement("div");
  box.className = "map__popup";
  const name = document.createElement("strong");
  name.textContent = place.name;
  box.append(name);
  const number = told(figure, place);
  if (number) {
    const line = document.createElement("p");
    const words = place.tone === "late" || place.tone === "soon" ? figure.dataset[place.tone] : "";
    line.textContent = [(figure.dataset["open"] ?? "").replace("{number}", number), words].filter(Boolean).join(" · ");
    box.append(line);
  }
  const link = document.createElement("a");
  link.href = place.url;
  link.textContent = figure.dataset["link"] ?? "";
  box.append(link);
  return box;
}

function words(figure: HTMLElement): Record<string, string> {
  const said = (name: string): string => figure.dataset[name] ?? "";
  return {
    "NavigationControl.ZoomIn": said("zoomIn"),
    "NavigationControl.ZoomOut": said("zoomOut"),
    "Popup.Close": said("close"),
    "Map.Title": said("label"),
    "CooperativeGesturesHandler.MobileHelpText": said("fingers"),
    "CooperativeGesturesHandler.WindowsHelpText": said("wheel"),
    "CooperativeGesturesHandler.MacHelpText": said("wheelMac"),
  };
}

function link(address: string): Promise<void> {
  return new Promise((resolve) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = address;
    sheet.onload = sheet.onerror = () => resolve();
    document.head.append(sheet);
  });
}

function placeAt(features: MapGeoJSONFeature[] | undefined): Feature<Point, Place> | undefined {
  return features?.[0] as unknown as Feature<Point, Place> | undefined;
}

function build(figure: HTMLElement, places: Places): maplibregl.Map {
  const canvas = part(figure, "canvas");
  const map = new maplibregl.Map({
    container: canvas,
    style: style(labelled(figure, places)),
    bounds: bounds(places),
    fitBoundsOptions: { padding: 64, maxZoom: CLOSEST },
    attributionControl: false,
    cooperativeGestures: true,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    locale: words(figure),
    localIdeographFontFamily: token("sans"),
    maxZoom: 18,
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
  map.touchZoomRotate.disableRotation();
  map.on("click", "points", (event) => {
    const place = placeAt(event.features);
    if (!place) return;
    new maplibregl.Popup({ focusAfterOpen: true })
      .setLngLat(place.geometry.coordinates as [number, number])
      .setDOMContent(popup(figure, place.properties))
      .addTo(map);
  });
  map.on("mouseenter", "points", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "points", () => (map.getCanvas().style.cursor = ""));
  map.once("idle", () => (figure.dataset["mapDrawn"] = ""));
  return map;
}

async function draw(figure: HTMLElement): Promise<void> {
  const canvas = part(figure, "canvas");
  try {
    maplibregl.setWorkerUrl(figure.dataset["worker"] ?? "");
    const [answer] = await Promise.all([
      fetch(figure.dataset["places"] ?? "", { headers: { Accept: "application/geo+json" } }),
      link(figure.dataset["styles"] ?? ""),
    ]);
    if (!answer.ok) throw new Error(String(answer.status));
    const places = (await answer.json()) as Places;
    if (!places.features.length) throw new Error("no points");
    canvas.hidden = false;
    build(figure, places);
    part(figure, "legend").hidden = false;
  } catch {
    canvas.hidden = true;
    part(figure, "fail").hidden = false;
  } finally {
    part(figure, "wait").hidden = true;
  }
}

document.addEventListener(READY, (event) => {
  if (event.target instanceof HTMLElement) void draw(event.target);
});
