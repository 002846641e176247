/// Draws the maps of the tensor that the reader chooses over the pictures.
let mapsScript = """
  (function () {
    "use strict";
    const data = JSON.parse(document.getElementById("maps-data").textContent);
    const slider = document.getElementById("maps-tensor");
    const logarithmic = document.getElementById("maps-logarithmic");
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    slider.value = data.first;

    function overlay(map) {
      const canvas = document.createElement("canvas");
      canvas.width = map.width; canvas.height = map.height;
      const context = canvas.getContext("2d");
      const pixels = context.createImageData(map.width, map.height);
      bytes(map.data).forEach((byte, index) => {
        const share = byte / 255;
        const value = byte === 0 ? 0 : logarithmic.checked ? share : 10 ** ((share - 1) * data.decades);
        // From blue over yellow to red, the more the less to be seen through.
        pixels.data.set([255 * Math.min(1, 2 * value), 255 * (1 - Math.abs(2 * value - 1)) * 0.8 + 20,
          255 * Math.max(0, 1 - 2 * value), 235 * Math.sqrt(value)], 4 * index);
      });
      context.putImageData(pixels, 0, 0);
      return canvas;
    }

    const pictures = data.pictures.map((picture, index) => {
      const image = new Image();
      image.src = "data:image/jpeg;base64," + picture.picture;
      return { picture, image, canvas: document.getElementById("map" + index) };
    });

    function draw() {
      const tensor = Number(slider.value);
      document.getElementById("maps-tensor-text").textContent = data.tensors[tensor];
      for (const { picture, image, canvas } of pictures) {
        const [width, height] = [image.naturalWidth, image.naturalHeight];
        if (!width) continue;
        canvas.width = width; canvas.height = height;
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        context.drawImage(overlay(picture.maps[tensor]), picture.left * width, picture.top * height,
          picture.width * width, picture.height * height);
      }
      document.documentElement.dataset.maps = data.tensors[tensor];
    }

    slider.addEventListener("input", draw);
    logarithmic.addEventListener("change", draw);
    Promise.all(pictures.map(({ image }) => image.decode())).then(draw);
  })();
  """
