// Where the map in three dimensions was turned to. A figure with other colours or hits is another element to Streamlit
// and would begin from the front again, so the camera is handed on from the one that went to the one that came.
const SETTLING_MS = 2500; // plotly may draw a new figure twice, the second time from the front again

export default function ({ data }) {
  window.TextLabTurned ??= {};
  const turned = window.TextLabTurned;
  if (turned.key !== data?.key) Object.assign(turned, { key: data?.key, camera: null });
  turned.watch ??= setInterval(() => {
    const plot = document.querySelector("[class*=st-key-figure_document-map] .js-plotly-plot");
    const layout = plot?._fullLayout?.scene, scene = layout?._scene;
    if (!scene?.camera || !scene.glplot) return;
    if (turned.plot !== plot) {
      Object.assign(turned, { plot, until: turned.camera ? performance.now() + SETTLING_MS : 0 });
      for (const touch of ["pointerdown", "wheel"])
        plot.addEventListener(touch, () => { turned.until = 0; }, { capture: true, once: true });
    }
    if (performance.now() > turned.until) turned.camera = scene.getCamera();
    else if (JSON.stringify(scene.getCamera()) !== JSON.stringify(turned.camera)) {
      Object.assign(layout.camera ?? {}, turned.camera);
      scene.setViewport({ camera: turned.camera, aspectratio: layout.aspectratio });
    }
  }, 150);
}
