//! From SVG to PDF: one page with the elements that figures are made of.

use crate::{PlotError, raster};
use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref};
use resvg::tiny_skia::PathSegment;
use resvg::usvg;
use std::collections::BTreeMap;

/// Points of a printed page in one pixel: 96 pixels an inch, as in CSS.
const POINTS: f32 = 0.75;

/// Draws an SVG as a PDF of one page of its size. Letters become outlines, so that no font is needed to read it.
pub(crate) fn pdf(svg: &str) -> Result<Vec<u8>, PlotError> {
    let tree = raster::tree(svg)?;
    let [catalog, pages, page_id, content_id] = [1, 2, 3, 4].map(Ref::new);
    let mut page = Page { content: Content::new(), opacities: BTreeMap::new(), images: Vec::new() };
    let height = tree.size().height() * POINTS;
    // PDF counts upwards from the lower edge.
    page.content.transform([POINTS, 0.0, 0.0, -POINTS, 0.0, height]);
    page.group(tree.root(), 1.0)?;

    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page_id]).count(1);
    let first_image = 5;
    let first_state = first_image + 2 * page.images.len() as i32;
    let mut written = pdf.page(page_id);
    written.media_box(Rect::new(0.0, 0.0, tree.size().width() * POINTS, height)).parent(pages).contents(content_id);
    let mut resources = written.resources();
    let mut states = resources.ext_g_states();
    for (place, name) in page.opacities.values().enumerate() {
        states.pair(Name(name.as_bytes()), Ref::new(first_state + place as i32));
    }
    states.finish();
    let mut objects = resources.x_objects();
    for place in 0..page.images.len() {
        objects.pair(Name(image_name(place).as_bytes()), Ref::new(first_image + 2 * place as i32));
    }
    objects.finish();
    resources.finish();
    written.finish();
    for (place, opacity) in page.opacities.keys().enumerate() {
        let opacity = *opacity as f32 / 255.0;
        pdf.ext_graphics(Ref::new(first_state + place as i32)).non_stroking_alpha(opacity).stroking_alpha(opacity);
    }
    for (place, image) in page.images.iter().enumerate() {
        image.write(&mut pdf, Ref::new(first_image + 2 * place as i32));
    }
    let content = deflated(&page.content.finish());
    pdf.stream(content_id, &content).filter(Filter::FlateDecode);
    Ok(pdf.finish())
}

fn image_name(place: usize) -> String {
    format!("i{place}")
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6)
}

/// A page in the making.
struct Page {
    content: Content,
    /// Names of the opacities used, by 255ths.
    opacities: BTreeMap<u8, String>,
    images: Vec<Pixels>,
}

impl Page {
    fn group(&mut self, group: &usvg::Group, opacity: f32) -> Result<(), PlotError> {
        let opacity = opacity * group.opacity().get();
        for node in group.children() {
            match node {
                usvg::Node::Group(group) => self.group(group, opacity)?,
                usvg::Node::Path(path) => self.path(path, opacity),
                usvg::Node::Text(text) => self.group(text.flattened(), opacity)?,
                usvg::Node::Image(image) => self.image(image, opacity)?,
            }
        }
        Ok(())
    }

    fn path(&mut self, path: &usvg::Path, opacity: f32) {
        if !path.is_visible() {
            return;
        }
        let stroke_first = path.paint_order() == usvg::PaintOrder::StrokeAndFill;
        for stroke in if stroke_first { [true, false] } else { [false, true] } {
            if stroke { self.stroke(path, opacity) } else { self.fill(path, opacity) }
        }
    }

    fn fill(&mut self, path: &usvg::Path, opacity: f32) {
        let Some(fill) = path.fill() else { return };
        let usvg::Paint::Color(color) = fill.paint() else { return };
        self.begin(path.abs_transform(), opacity * fill.opacity().get());
        let [r, g, b] = rgb(*color);
        self.content.set_fill_rgb(r, g, b);
        self.outline(path);
        match fill.rule() {
            usvg::FillRule::NonZero => self.content.fill_nonzero(),
            usvg::FillRule::EvenOdd => self.content.fill_even_odd(),
        };
        self.content.restore_state();
    }

    fn stroke(&mut self, path: &usvg::Path, opacity: f32) {
        let Some(stroke) = path.stroke() else { return };
        let usvg::Paint::Color(color) = stroke.paint() else { return };
        self.begin(path.abs_transform(), opacity * stroke.opacity().get());
        let [r, g, b] = rgb(*color);
        self.content.set_stroke_rgb(r, g, b);
        self.content.set_line_width(stroke.width().get());
        self.content.set_line_cap(LineCapStyle::ButtCap);
        self.content.set_line_join(match stroke.linejoin() {
            usvg::LineJoin::Round => LineJoinStyle::RoundJoin,
            _ => LineJoinStyle::MiterJoin,
        });
        if let Some(dashes) = stroke.dasharray() {
            self.content.set_dash_pattern(dashes.iter().copied(), stroke.dashoffset());
        }
        self.outline(path);
        self.content.stroke();
        self.content.restore_state();
    }

    fn begin(&mut self, transform: usvg::Transform, opacity: f32) {
        self.content.save_state();
        let level = (opacity.clamp(0.0, 1.0) * 255.0).round() as u8;
        if level < 255 {
            let name = self.opacities.entry(level).or_insert_with(|| format!("a{level}"));
            self.content.set_parameters(Name(name.as_bytes()));
        }
        let t = transform;
        self.content.transform([t.sx, t.ky, t.kx, t.sy, t.tx, t.ty]);
    }

    fn outline(&mut self, path: &usvg::Path) {
        let (mut x0, mut y0) = (0.0, 0.0);
        for segment in path.data().segments() {
            match segment {
                PathSegment::MoveTo(p) => {
                    self.content.move_to(p.x, p.y);
                    (x0, y0) = (p.x, p.y);
                }
                PathSegment::LineTo(p) => {
                    self.content.line_to(p.x, p.y);
                    (x0, y0) = (p.x, p.y);
                }
                PathSegment::QuadTo(c, p) => {
                    // A quadratic curve as the cubic one that PDF has.
                    let third = |from: f32, control: f32| from + (control - from) * 2.0 / 3.0;
                    let (x1, y1, x2, y2) = (third(x0, c.x), third(y0, c.y), third(p.x, c.x), third(p.y, c.y));
                    self.content.cubic_to(x1, y1, x2, y2, p.x, p.y);
                    (x0, y0) = (p.x, p.y);
                }
                PathSegment::CubicTo(a, b, p) => {
                    self.content.cubic_to(a.x, a.y, b.x, b.y, p.x, p.y);
                    (x0, y0) = (p.x, p.y);
                }
                PathSegment::Close => {
                    self.content.close_path();
                }
            }
        }
    }

    fn image(&mut self, image: &usvg::Image, opacity: f32) -> Result<(), PlotError> {
        let usvg::ImageKind::PNG(file) = image.kind() else { return Ok(()) };
        let pixels = Pixels::decode(file).map_err(|error| PlotError::Raster { reason: error.to_string() })?;
        let name = image_name(self.images.len());
        self.begin(image.abs_transform(), opacity);
        // A PDF image fills the unit square, upwards.
        let size = image.size();
        self.content.transform([size.width(), 0.0, 0.0, -size.height(), 0.0, size.height()]);
        self.content.x_object(Name(name.as_bytes()));
        self.content.restore_state();
        self.images.push(pixels);
        Ok(())
    }
}

fn rgb(color: usvg::Color) -> [f32; 3] {
    [color.red, color.green, color.blue].map(|part| f32::from(part) / 255.0)
}

/// A picture inside the page.
struct Pixels {
    width: i32,
    height: i32,
    rgb: Vec<u8>,
    alpha: Vec<u8>,
}

impl Pixels {
    fn decode(file: &[u8]) -> Result<Self, png::DecodingError> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        let mut reader = decoder.read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().unwrap_or(0)];
        let frame = reader.next_frame(&mut bytes)?;
        let channels = frame.color_type.samples();
        let (mut rgb, mut alpha) = (Vec::new(), Vec::new());
        for pixel in bytes[..frame.buffer_size()].chunks_exact(channels) {
            match *pixel {
                [grey] => rgb.extend([grey; 3]),
                [grey, a] => {
                    rgb.extend([grey; 3]);
                    alpha.push(a);
                }
                [r, g, b] => rgb.extend([r, g, b]),
                [r, g, b, a] => {
                    rgb.extend([r, g, b]);
                    alpha.push(a);
                }
                _ => {}
            }
        }
        Ok(Self { width: frame.width as i32, height: frame.height as i32, rgb, alpha })
    }

    fn write(&self, pdf: &mut Pdf, id: Ref) {
        let mask = Ref::new(id.get() + 1);
        let bytes = deflated(&self.rgb);
        let mut image = pdf.image_xobject(id, &bytes);
        image.width(self.width).height(self.height).bits_per_component(8);
        image.filter(Filter::FlateDecode);
        image.color_space().device_rgb();
        if !self.alpha.is_empty() {
            image.s_mask(mask);
        }
        image.finish();
        // Every picture has two numbers, so that none must be counted; an unused one is an empty object.
        if self.alpha.is_empty() {
            pdf.indirect(mask).primitive(0);
            return;
        }
        let bytes = deflated(&self.alpha);
        let mut image = pdf.image_xobject(mask, &bytes);
        image.width(self.width).height(self.height).bits_per_component(8);
        image.filter(Filter::FlateDecode);
        image.color_space().device_gray();
    }
}
