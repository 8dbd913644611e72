/* app.js: what this product adds to its vendored files. */
