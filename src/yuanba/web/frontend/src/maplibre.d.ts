// The build that takes its worker from an address instead of a blob: the same names, without types of its own.
declare module "maplibre-gl/dist/maplibre-gl-csp" {
  export * from "maplibre-gl";
  import * as maplibregl from "maplibre-gl";
  export default maplibregl;
}
