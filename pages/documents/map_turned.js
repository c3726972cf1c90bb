// Where the map in three dimensions was turned to. A figure with other colours or hits is another element to Streamlit
// and would begin from the front again, so the camera is handed on from the one that went to the one that came.
export default function ({ data }) {
  const turned = (window.TextLabTurned ??= {});
  if (turned.key !== data?.key) Object.assign(turned, { key: data?.key, camera: null });
  turned.watch ??= setInterval(() => {
    const plot = document.querySelector("[class*=st-key-figure_document-map] .js-plotly-plot");
    const layout = plot?._fullLayout?.scene, scene = layout?._scene;
    if (!scene?.camera || !scene.glplot) return;
    if (turned.plot !== plot) {
      turned.plot = plot;
      if (!turned.camera) return;
      Object.assign(layout.camera ?? {}, turned.camera); // what a figure that is not drawn yet begins with
      scene.setViewport({ camera: turned.camera, aspectratio: layout.aspectratio });
    } else turned.camera = scene.getCamera();
  }, 150);
}
