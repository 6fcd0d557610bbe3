import com.itextpdf.text.pdf.AcroFields;
import com.itextpdf.text.pdf.PdfReader;
import com.itextpdf.text.pdf.security.PdfPKCS7;
import java.security.Security;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Says what iText makes of the one seal of a PDF: one line "name=value" for each finding. An independent reader of
 * structure, digest, signing-certificate attribute and time-stamp; it trusts nobody and so says nothing of the chain.
 */
class ItextVerify {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        PdfReader reader = new PdfReader(arguments[0]);
        AcroFields fields = reader.getAcroFields();
        System.out.println("signatures=" + fields.getSignatureNames().size());
        for (String name : fields.getSignatureNames()) {
            PdfPKCS7 seal = fields.verifySignature(name, "BC");
            System.out.println("whole=" + fields.signatureCoversWholeDocument(name));
            System.out.println("revisions=" + fields.getTotalRevisions());
            System.out.println("integrity=" + seal.verify());
            boolean isStamped = seal.getTimeStampToken() != null;
            System.out.println("stamped=" + isStamped);
            if (isStamped) System.out.println("imprint=" + seal.verifyTimestampImprint());
        }
        System.out.println("store=" + (reader.getCatalog().getAsDict(new com.itextpdf.text.pdf.PdfName("DSS")) != null));
    }
}
